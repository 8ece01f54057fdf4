#include "client/cpp/check_cell.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "model/counter.h"
#include "model/pseudo_table.h"
#include "model/schema_alteration.h"

namespace cellar::client {
namespace {

using model::KeyFlag;

/// Family 1 is plain, 2 counts, 3 was dropped.
std::shared_ptr<const model::Schema> PlainCounterAndDropped() {
  model::SchemaDefinition definition;
  for (const char* name : {"plain", "counter", "dropped"}) definition.families.emplace_back().name = name;
  definition.families[1].options.counter = true;
  const auto created = model::Schema::Create(definition);
  return std::make_shared<const model::Schema>(created->Alter({model::DropFamilies{{"dropped"}}}).value());
}

constexpr model::CellLimits kLimits{100, 200};

/// Cells with every field at, below and beyond its bounds, of families of every kind, with every flag.
class CellCheckerTest : public testing::Test {
 protected:
  CellCheckerTest() {
    for (const size_t row : {0, 1, 100, 101}) rows_.emplace_back(row, 'r');
    for (const size_t size : {size_t{0}, model::kMaxQualifierBytes, model::kMaxQualifierBytes + 1})
      qualifiers_.emplace_back(size, 'q');
    for (const size_t size : {0, 200, 201}) values_.emplace_back(size, 'v');
    values_.push_back(model::CounterUpdate{5, false}.Encode());
  }

  template <typename Use>
  void ForAllCells(Use use) const {
    model::CellView cell;
    for (const std::string& row : rows_)
      for (const std::string& qualifier : qualifiers_)
        for (const std::string& value : values_)
          for (const int64_t timestamp : {std::numeric_limits<int64_t>::min(), model::kAutomaticTimestamp - 1,
                                          model::kAutomaticTimestamp, model::kMinTimestamp, int64_t{0}})
            for (const uint8_t family : {0, 1, 2, 3, 4, 255})
              for (uint8_t flag = 0; flag <= model::kLargestKeyFlag; ++flag) {
                cell.key.row = row;
                cell.key.qualifier = qualifier;
                cell.value = value;
                cell.key.timestamp = timestamp;
                cell.key.family = model::FamilyId(family);
                cell.key.flag = static_cast<KeyFlag>(flag);
                use(cell);
              }
  }

  const std::shared_ptr<const model::Schema> schema_ = PlainCounterAndDropped();
  std::vector<std::string> rows_;
  std::vector<std::string> qualifiers_;
  std::vector<std::string> values_;
};

TEST_F(CellCheckerTest, WhatIsGoodByALook_IsGood_AndSoIsEveryCellOfAPlainFamily) {
  const CellChecker checker(schema_, kLimits);
  int good = 0;
  int refused = 0;
  ForAllCells([&](const model::CellView& cell) {
    const Status checked = checker.Check(cell);
    const bool is_plain = cell.key.family == model::FamilyId(1) && cell.key.flag != KeyFlag::kDeleteRow;
    EXPECT_EQ(checker.IsPlainlyGood(cell), is_plain && checked.ok())
        << model::Cell(cell).ToString() << " " << checked.ToString();
    ++(checked.ok() ? good : refused);
    if (!checked.ok()) EXPECT_EQ(checked.detail(), 9) << checked.ToString();
  });
  EXPECT_GT(good, 400);
  EXPECT_GT(refused, 500);
}

TEST_F(CellCheckerTest, IsWithinLimits_SaysWhatTheChecksSay) {
  ForAllCells([](const model::CellView& cell) {
    const bool has_good_time =
        cell.key.timestamp == model::kAutomaticTimestamp || model::CheckTimestamp(cell.key.timestamp).ok();
    const bool expected = model::CheckRow(cell.key.row, kLimits.max_row_bytes).ok() &&
                          model::CheckQualifier(cell.key.qualifier).ok() &&
                          model::CheckValue(cell.value, kLimits.max_value_bytes).ok() && has_good_time;
    EXPECT_EQ(model::IsWithinLimits(cell, kLimits), expected) << model::Cell(cell).ToString();
  });
}

TEST_F(CellCheckerTest, APseudoTable_TakesNothing) {
  const CellChecker checker(model::CellStoreIndexSchema(), kLimits);
  model::CellView cell;
  cell.key.row = "r";
  cell.key.family = model::cellstore_index_family::kSize;
  EXPECT_FALSE(checker.IsPlainlyGood(cell));
  EXPECT_EQ(checker.Check(cell), model::PseudoTableIsReadOnly());
}

TEST_F(CellCheckerTest, WhatIsWrong_IsNamed) {
  const CellChecker checker(schema_, kLimits);
  model::CellView cell;
  const auto message = [&] { return std::string(checker.Check(cell).message()); };
  cell.key.family = model::FamilyId(1);
  EXPECT_EQ(message(), "row is empty");
  cell.key.row = rows_.back();
  EXPECT_EQ(message(), "row has 101 bytes, the limit is 100");
  cell.key.row = "r";
  cell.key.qualifier = qualifiers_.back();
  EXPECT_EQ(message(), "column qualifier has 65537 bytes, the limit is 65536");
  cell.key.qualifier = "";
  cell.value = values_[2];
  EXPECT_EQ(message(), "value has 201 bytes, the limit is 200");
  cell.value = "v";
  cell.key.family = model::FamilyId(3);
  EXPECT_EQ(message(), "the table has no column family with id 3");
  cell.key.family = model::FamilyId(2);
  EXPECT_EQ(message(), "the value of a counter's cell is no encoded update");
}

}  // namespace
}  // namespace cellar::client
