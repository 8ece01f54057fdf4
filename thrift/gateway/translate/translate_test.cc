#include <gtest/gtest.h>

#include <memory>
#include <tuple>

#include "model/counter.h"
#include "model/error_codes.h"
#include "thrift/gateway/translate/cells_in.h"
#include "thrift/gateway/translate/cells_out.h"
#include "thrift/gateway/translate/error_codes.h"
#include "thrift/gateway/translate/error_texts.h"
#include "thrift/gateway/translate/errors.h"
#include "thrift/gateway/translate/schema.h"
#include "thrift/packed/error_codes.h"

namespace cellar::thrift {
namespace {

using model::KeyFlag;

/// Families a (1), the counter n (2), and d (3), which was dropped.
model::Schema TestSchema() {
  model::SchemaDefinition definition;
  for (const char* name : {"a", "n", "d"}) definition.families.emplace_back().name = name;
  definition.families[1].options.counter = true;
  return model::Schema::Create(std::move(definition)).value().Alter({model::DropFamilies{{"d"}}}).value();
}

// ---- Cells in

TEST(CellsInTest, ACell_OfEachFlag) {
  api::Cell cell;
  cell.key.row = "r";
  cell.key.column_family = "a";
  cell.key.column_qualifier = "q";
  cell.__set_value("v");
  PackedCell packed;
  ASSERT_TRUE(ToPackedCell(cell, &packed).ok());
  EXPECT_EQ(packed.row, "r");
  EXPECT_EQ(packed.value, "v");
  EXPECT_EQ(packed.timestamp, model::kAutomaticTimestamp);
  EXPECT_EQ(packed.flag, KeyFlag::kInsert);
  cell.key.__set_timestamp(7);
  cell.key.flag = api::KeyFlag::DELETE_CELL_VERSION;
  ASSERT_TRUE(ToPackedCell(cell, &packed).ok());
  EXPECT_EQ(packed.timestamp, 7);
  EXPECT_EQ(packed.flag, KeyFlag::kDeleteVersion);
  cell.key.flag = static_cast<api::KeyFlag::type>(17);
  EXPECT_EQ(ToPackedCell(cell, &packed).detail(), model::kBadKey);
}

TEST(CellsInTest, AnArray_HasOneToSevenItems_WithNumbersAsCWritesThem) {
  PackedCell packed;
  const api::CellAsArray row_alone = {"r"};
  ASSERT_TRUE(ToPackedCell(row_alone, &packed).ok());
  EXPECT_EQ(packed.row, "r");
  EXPECT_EQ(packed.timestamp, model::kAutomaticTimestamp);
  ASSERT_TRUE(ToPackedCell(api::CellAsArray{"r", "a", "q", "v", "0x10", "010", "2"}, &packed).ok());
  EXPECT_EQ(packed.timestamp, 16);
  EXPECT_EQ(packed.revision, 8);
  EXPECT_EQ(packed.flag, KeyFlag::kDeleteCell);
  ASSERT_TRUE(ToPackedCell(api::CellAsArray{"r", "a", "q", "v", "18446744073709551615"}, &packed).ok());
  EXPECT_EQ(packed.timestamp, -1) << "as an unsigned number";
  ASSERT_TRUE(ToPackedCell(api::CellAsArray{"r", "a", "q", "v", "-5"}, &packed).ok());
  EXPECT_EQ(packed.timestamp, -5);
  const std::vector<api::CellAsArray> bad = {{},
                                             {"r", "a", "q", "v", "1", "2", "255", "8"},
                                             {"r", "a", "q", "v", ""},
                                             {"r", "a", "q", "v", "1x"},
                                             {"r", "a", "q", "v", "-9223372036854775809"},
                                             {"r", "a", "q", "v", "1", "2", "9"}};
  for (const api::CellAsArray& cell : bad) EXPECT_EQ(ToPackedCell(cell, &packed).detail(), model::kBadKey);
}

class CellViewTest : public testing::Test {
 protected:
  /// By ToCellView; a translator that has seen other cells before says the same.
  Status View(const PackedCell& from) {
    view_ = model::CellView();
    const Status status = ToCellView(*schema_, from, &scratch_, &view_);
    model::CellView view;
    EXPECT_EQ(translator_.ToCellView(schema_, from, &view), status);
    if (status.ok()) EXPECT_EQ(view, view_);
    return status;
  }
  static PackedCell Of(std::string_view row, std::string_view family, std::string_view value,
                       KeyFlag flag = KeyFlag::kInsert) {
    PackedCell cell;
    cell.row = row;
    cell.family = family;
    cell.qualifier = "q";
    cell.value = value;
    cell.flag = flag;
    return cell;
  }

  const std::shared_ptr<const model::Schema> schema_ = std::make_shared<const model::Schema>(TestSchema());
  std::string scratch_;
  CellTranslator translator_;
  model::CellView view_;
};

TEST_F(CellViewTest, AnInsert_HasItsFamilysId_AndACounterItsUpdateEncoded) {
  ASSERT_TRUE(View(Of("r", "a", "+5")).ok());
  EXPECT_EQ(view_.key.family, model::FamilyId(1));
  EXPECT_EQ(view_.value, "+5");
  ASSERT_TRUE(View(Of("r", "n", "=5")).ok());
  const auto update = model::CounterUpdate::Decode(view_.value);
  ASSERT_TRUE(update.ok());
  EXPECT_TRUE(update->reset);
  EXPECT_EQ(update->amount, 5);
  EXPECT_EQ(View(Of("r", "n", "many")).detail(), model::kBadKey);
}

TEST_F(CellViewTest, Markers_LeaveOutWhatDoesNotCount) {
  ASSERT_TRUE(View(Of("r", "nothing", "v", KeyFlag::kDeleteRow)).ok());
  EXPECT_EQ(view_.key.family, model::FamilyId());
  EXPECT_EQ(view_.key.qualifier, "");
  ASSERT_TRUE(View(Of("r", "a", "v", KeyFlag::kDeleteFamily)).ok());
  EXPECT_EQ(view_.key.qualifier, "");
  ASSERT_TRUE(View(Of("r", "n", "v", KeyFlag::kDeleteCell)).ok());
  EXPECT_EQ(view_.key.qualifier, "q");
  EXPECT_EQ(view_.value, "");
}

TEST_F(CellViewTest, WhatNoTableTakes_IsABadKey) {
  PackedCell null_time = Of("r", "a", "v");
  null_time.timestamp = kNullTimestamp;
  const std::vector<PackedCell> bad = {Of("", "a", "v"),  Of("r", "", "v"), Of("r", "z", "v"),
                                       Of("r", "d", "v"), null_time,        Of("r", "a", "", KeyFlag::kDeleteVersion)};
  for (const PackedCell& cell : bad) EXPECT_EQ(View(cell).detail(), model::kBadKey) << cell.row << " " << cell.family;
}

TEST_F(CellViewTest, TheLimits_AreThoseOfAllCells) {
  const std::string longest(model::kMaxRowBytes, 'x');
  const std::string too_long(model::kMaxRowBytes + 1, 'x');
  for (const KeyFlag flag : {KeyFlag::kInsert, KeyFlag::kDeleteCell}) {
    for (const char* family : {"a", "n"}) {  // plain, and a counter
      PackedCell cell = Of(longest, family, "+5", flag);
      cell.qualifier = longest;
      cell.timestamp = model::kMinTimestamp;
      ASSERT_TRUE(View(cell).ok());
      EXPECT_EQ(view_.key.row, longest);
      EXPECT_EQ(view_.key.qualifier, longest);
      EXPECT_EQ(view_.key.timestamp, model::kMinTimestamp);
      EXPECT_EQ(view_.key.flag, flag);
      cell.qualifier = too_long;
      EXPECT_EQ(View(cell).message(), "column qualifier has 65537 bytes, the limit is 65536");
      cell.row = too_long;
      EXPECT_EQ(View(cell).message(), "row has 65537 bytes, the limit is 65536");
      cell = Of("r", family, "+5", flag);
      cell.timestamp = kNullTimestamp;
      EXPECT_EQ(View(cell).detail(), model::kBadKey);
    }
  }
}

TEST_F(CellViewTest, ATranslator_KnowsTheFamiliesOfTheSchemaItIsGiven) {
  model::SchemaDefinition definition;
  for (const char* name : {"z", "n", "a"}) definition.families.emplace_back().name = name;
  const auto other = std::make_shared<const model::Schema>(model::Schema::Create(definition).value());
  for (int i = 0; i < 3; ++i) {
    for (const auto& [schema, family, id] :
         {std::tuple(schema_, "a", 1), std::tuple(other, "a", 3), std::tuple(other, "n", 2), std::tuple(other, "z", 1),
          std::tuple(schema_, "z", 0)}) {
      const Status status = translator_.ToCellView(schema, Of("r", family, "v"), &view_);
      EXPECT_EQ(status.ok(), id != 0) << family;
      if (status.ok()) EXPECT_EQ(view_.key.family, model::FamilyId(static_cast<uint8_t>(id)));
    }
  }
}

TEST_F(CellViewTest, NothingOfTheCellBefore_IsLeft) {
  PackedCell timed = Of("r", "a", "v");
  timed.timestamp = 7;
  ASSERT_TRUE(View(timed).ok());
  ASSERT_TRUE(View(Of("s", "a", "")).ok());
  EXPECT_EQ(view_.key.timestamp, model::kAutomaticTimestamp);
  EXPECT_EQ(view_.value, "");
  ASSERT_TRUE(View(Of("s", "a", "v", KeyFlag::kDeleteFamily)).ok());
  EXPECT_EQ(view_.value, "");
  ASSERT_TRUE(View(Of("t", "n", "+1")).ok());
  ASSERT_TRUE(View(Of("t", "a", "+1")).ok());
  EXPECT_EQ(view_.value, "+1");
}

// ---- Cells out

TEST(CellsOutTest, EachForm_SaysWhatItCan) {
  const model::Cell cell("r", model::FamilyId(1), "q", KeyFlag::kDeleteCell, -1, model::Revision(9), "");
  std::vector<api::Cell> cells;
  CellList list(cells);
  EXPECT_TRUE(list.empty());
  ASSERT_TRUE(list.Add(cell.view(), "a").ok());
  EXPECT_EQ(cells[0].key.flag, api::KeyFlag::DELETE_CELL);
  EXPECT_EQ(cells[0].key.timestamp, -1);
  EXPECT_EQ(cells[0].key.revision, 9);
  EXPECT_FALSE(cells[0].__isset.value) << "no bytes, not set";
  EXPECT_GT(list.size_bytes(), 0u);
  std::vector<api::CellAsArray> arrays;
  ASSERT_TRUE(ListFor(arrays).Add(cell.view(), "a").ok());
  EXPECT_EQ(arrays[0], (api::CellAsArray{"r", "a", "q", "", "18446744073709551615"}));
  PackedList packed(kPackedVersion2);
  ASSERT_TRUE(packed.Add(cell.view(), "a").ok());
  const std::string bytes = packed.Finish(/*end_of_scan=*/true);
  PackedCellsReader reader(bytes);
  PackedCell read;
  ASSERT_TRUE(reader.Next(&read));
  EXPECT_EQ(read.flag, KeyFlag::kDeleteCell);
  EXPECT_EQ(read.family, "a");
  EXPECT_FALSE(reader.Next(&read));
  EXPECT_TRUE(reader.end_of_scan());
}

TEST(CellsOutTest, ANul_DoesNotGoIntoVersion1) {
  const model::Cell cell(std::string("r\0", 2), model::FamilyId(1), "", KeyFlag::kInsert, 1, model::Revision(1), "");
  PackedList packed(kPackedVersion1);
  EXPECT_EQ(packed.Add(cell.view(), "a").detail(), model::kBadFormat);
}

TEST(CellsOutTest, ACountersUpdate_IsShownAsItIsSent_AndNothingElseIsTouched) {
  const model::Schema schema = TestSchema();
  model::CounterUpdate update;
  update.amount = -3;
  std::string scratch;
  model::Cell counter("r", model::FamilyId(2), "", KeyFlag::kInsert, 1, model::Revision(1), update.Encode());
  model::CellView view = counter.view();
  ShowCounterUpdate(schema, &view, &scratch);
  EXPECT_EQ(view.value, "-3");
  for (const model::FamilyId family : {model::FamilyId(1), model::FamilyId(9), model::FamilyId()}) {
    counter.family = family;
    view = counter.view();
    ShowCounterUpdate(schema, &view, &scratch);
    EXPECT_EQ(view.value, counter.value) << "no counter";
  }
}

// ---- Errors

TEST(ErrorsTest, AFailure_HasItsOwnNumber_OrTheNearest) {
  EXPECT_EQ(PublicCode(Status()), 0);
  EXPECT_EQ(PublicCode(common::InvalidArgument("x").WithDetail(model::kBadKey)), model::kBadKey);
  EXPECT_EQ(PublicCode(common::InvalidArgument("x")), kInvalidArgument);
  EXPECT_EQ(PublicCode(common::NotFound("x")), 22);
  EXPECT_EQ(PublicCode(common::AlreadyExists("x")), kCellExists);
  EXPECT_EQ(PublicCode(common::StaleSchema("x")), 0x50001);
  EXPECT_EQ(PublicCode(common::TimedOut("x")), kRequestTimeout);
  EXPECT_EQ(PublicCode(common::Cancelled("x")), kCancelledCode);
  for (int code = 1; code <= static_cast<int>(StatusCode::kCancelled); ++code) {
    const int32_t number = PublicCode(Status(static_cast<StatusCode>(code), "x"));
    EXPECT_NE(number, 0) << code;
    EXPECT_NE(PublicErrorText(number), "ERROR NOT REGISTERED") << code;
  }
}

TEST(ErrorsTest, AnException_SaysTheAncestorsWords_ThenWhatItIsAbout_ThenWhatHappened) {
  const api::ClientException error = ToException(common::NotFound("table /t does not exist"), "namespace=1");
  EXPECT_EQ(error.code, 22);
  EXPECT_EQ(error.message, "HYPERTABLE table does not exist - namespace=1: table /t does not exist");
  EXPECT_EQ(ToException(common::NotFound("gone"), "").message, "HYPERTABLE table does not exist - gone");
  EXPECT_EQ(PublicErrorText(123456), "ERROR NOT REGISTERED");
}

// ---- Schemas

TEST(SchemaTest, ASchema_ComesBackAsItWasSent) {
  api::Schema sent;
  sent.__isset.access_groups = sent.__isset.column_families = true;
  api::AccessGroupSpec& group = sent.access_groups["any key"];
  group.__set_name("fast");
  group.options.__set_blocksize(4096);
  group.options.__set_compressor("lz4");
  group.options.__set_in_memory(true);
  group.__isset.options = true;
  group.defaults.__set_max_versions(3);
  group.__isset.defaults = true;
  api::ColumnFamilySpec& family = sent.column_families["other key"];
  family.__set_name("a");
  family.__set_access_group("fast");
  family.options.__set_ttl(60);
  family.options.__set_time_order_desc(true);
  family.__isset.options = true;
  sent.column_families["n"].__set_name("n");
  sent.column_families["gone"].__set_name("gone");
  sent.column_families["gone"].__set_deleted(true);
  sent.__set_group_commit_interval(20);
  const auto definition = ToSchemaDefinition(sent);
  ASSERT_TRUE(definition.ok()) << definition.status().ToString();
  ASSERT_EQ(definition->families.size(), 2u) << "dropped ones are left out";
  const api::Schema back = FromSchema(model::Schema::Create(*definition).value());
  EXPECT_EQ(back.access_groups.at("fast").options, group.options);
  EXPECT_EQ(back.access_groups.at("fast").defaults, group.defaults);
  EXPECT_EQ(back.column_families.at("a").options, family.options);
  EXPECT_EQ(back.column_families.at("a").access_group, "fast");
  EXPECT_EQ(back.column_families.at("n").access_group, "default");
  EXPECT_TRUE(back.column_families.at("a").__isset.id);
  EXPECT_EQ(back.group_commit_interval, 20);
  EXPECT_EQ(back.generation, 1);
}

TEST(SchemaTest, ADroppedFamily_IsShown_UnlessALiveOneHasItsName) {
  model::AddToSchema add;
  add.families.emplace_back().name = "d";
  EXPECT_TRUE(FromSchema(TestSchema()).column_families.at("d").deleted);
  EXPECT_FALSE(FromSchema(TestSchema().Alter({add}).value()).column_families.at("d").deleted);
}

TEST(SchemaTest, NumbersThatNoSchemaHas_AreRefused) {
  api::Schema id;
  id.column_families["a"].__set_id(300);
  api::Schema block;
  block.access_groups["g"].options.__set_blocksize(-1);
  block.access_groups["g"].__isset.options = true;
  api::Schema interval;
  interval.__set_group_commit_interval(-1);
  for (const api::Schema& bad : {id, block, interval}) {
    EXPECT_EQ(ToSchemaDefinition(bad).status().detail(), model::kBadSchema);
  }
}

}  // namespace
}  // namespace cellar::thrift
