#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "model/schema_alteration.h"
#include "tests/gateway/gateway_fixture.h"

namespace cellar::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Each test has the table "t" with the families a and b; `other_` is a program elsewhere that alters it.
class GatewayAlteredTest : public GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    api::Schema schema;
    for (const char* family : {"a", "b"}) schema.column_families[family].name = family;
    schema.__isset.column_families = true;
    connection_->table_create(ns_, "t", schema);
  }

  static api::CellAsArray Cell(const std::string& row, const std::string& family, const std::string& value) {
    return {row, family, "q", value};
  }
  void Alter(const model::SchemaAlteration& alteration) {
    const std::string ns = testing::UnitTest::GetInstance()->current_test_info()->name();
    const Status altered = other_->AlterTable("/" + ns + "/t", {alteration});
    ASSERT_TRUE(altered.ok()) << altered.ToString();
  }
  static model::AddToSchema Add(const std::string& family) {
    model::AddToSchema add;
    add.families.emplace_back().name = family;
    return add;
  }
  /// "row family value" of every cell.
  std::vector<std::string> All() {
    std::vector<api::CellAsArray> cells;
    connection_->get_cells_as_arrays(cells, ns_, "t", api::ScanSpec());
    std::vector<std::string> texts;
    for (const api::CellAsArray& cell : cells) texts.push_back(cell[0] + " " + cell[1] + " " + cell[3]);
    return texts;
  }
  /// One row after the other, so that the scan goes back to a server for each.
  static api::ScanSpec RowByRow(int count) {
    api::ScanSpec spec;
    for (int i = 0; i < count; ++i) {
      api::RowInterval rows;
      rows.__set_start_row("row" + std::to_string(100 + i));
      rows.__set_end_row(rows.start_row);
      spec.row_intervals.push_back(rows);
    }
    spec.__isset.row_intervals = true;
    return spec;
  }
  void Fill(int count, const std::string& family) {
    std::vector<api::CellAsArray> cells;
    for (int i = 0; i < count; ++i) cells.push_back(Cell("row" + std::to_string(100 + i), family, "v"));
    connection_->set_cells_as_arrays(ns_, "t", cells);
  }

  const std::unique_ptr<client::Client> other_ = world_->NewClient();
};

TEST_F(GatewayAlteredTest, AnOpenMutator_WritesWhatWasSetBefore_AndFindsWhatWasAdded) {
  const int64_t mutator = connection_->mutator_open(ns_, "t", 0, 0);
  connection_->mutator_set_cells_as_arrays(mutator, {Cell("r1", "a", "before"), Cell("r1", "b", "before")});
  Alter(Add("c"));
  Alter(model::RenameFamily{"b", "renamed"});
  connection_->mutator_set_cells_as_arrays(mutator, {Cell("r2", "c", "after"), Cell("r2", "a", "after")});
  connection_->mutator_flush(mutator);
  EXPECT_THAT(All(), ElementsAre("r1 a before", "r1 renamed before", "r2 a after", "r2 c after"));
  connection_->mutator_close(mutator);
}

TEST_F(GatewayAlteredTest, CellsOfADroppedFamily_AreTold_TheOthersAreWritten) {
  const int64_t mutator = connection_->mutator_open(ns_, "t", 0, 0);
  connection_->mutator_set_cells_as_arrays(mutator, {Cell("r1", "a", "x"), Cell("r1", "b", "y"), Cell("r2", "a", "z")});
  Alter(model::DropFamilies{{"b"}});
  try {
    connection_->mutator_flush(mutator);
    ADD_FAILURE() << "the cell of b was not written";
  } catch (const api::ClientException& error) {
    EXPECT_EQ(error.code, 9);
    EXPECT_THAT(error.message, HasSubstr("b:q"));
    EXPECT_THAT(error.message, HasSubstr("r1"));
  }
  EXPECT_THAT(All(), ElementsAre("r1 a x", "r2 a z"));
  EXPECT_EQ(CodeOf([&] { connection_->mutator_set_cells_as_arrays(mutator, {Cell("r3", "b", "y")}); }), 9);
  connection_->mutator_set_cells_as_arrays(mutator, {Cell("r3", "a", "x")});
  connection_->mutator_close(mutator);
  EXPECT_EQ(All().size(), 3u);
}

TEST_F(GatewayAlteredTest, ACellThatIsRefused_DoesNotHideWhatBecameOfThoseSentBefore) {
  const int64_t mutator = connection_->mutator_open(ns_, "t", 0, 0);
  Alter(model::DropFamilies{{"b"}});
  // More than a frame, so that a frame is sent, fails, and nobody has asked how it went.
  connection_->mutator_set_cell_as_array(mutator, Cell("r1", "b", std::string(1 << 20, 'v')));
  api::Cell refused;
  refused.key.row = "r2";
  refused.key.column_family = "a";
  refused.__set_value(std::string(model::kDefaultMaxValueBytes + 1, 'v'));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CodeOf([&] { connection_->mutator_set_cell(mutator, refused); }), 9);
  try {
    connection_->mutator_flush(mutator);
    ADD_FAILURE() << "the cell of b was not written";
  } catch (const api::ClientException& error) {
    EXPECT_THAT(error.message, HasSubstr("b:q"));
  }
  connection_->mutator_close(mutator);
}

TEST_F(GatewayAlteredTest, AnAsyncMutator_SendsWhatWasSetBefore) {
  const int64_t future = connection_->open_future(0);
  const int64_t mutator = connection_->async_mutator_open(ns_, "t", future, 0);
  connection_->async_mutator_set_cells_as_arrays(mutator, {Cell("r1", "a", "before")});
  Alter(Add("c"));
  connection_->async_mutator_flush(mutator);
  api::Result result;
  connection_->get_future_result(result, future, 10'000);
  EXPECT_FALSE(result.is_error) << result.error_msg;
  EXPECT_THAT(All(), ElementsAre("r1 a before"));
  connection_->async_mutator_close(mutator);
  connection_->close_future(future);
}

TEST_F(GatewayAlteredTest, AnOpenScanner_GoesOn_WithTheNamesAsTheyAreNow) {
  constexpr int kRows = 20;  // more than are fetched ahead
  Fill(kRows, "a");
  const int64_t scanner = connection_->scanner_open(ns_, "t", RowByRow(kRows));
  std::vector<api::CellAsArray> row;
  connection_->scanner_get_row_as_arrays(row, scanner);
  ASSERT_EQ(row.size(), 1u);
  EXPECT_EQ(row[0][1], "a");
  Alter(model::RenameFamily{"a", "renamed"});
  std::vector<std::string> rows{row[0][0]};
  std::string family;
  while (true) {
    connection_->scanner_get_row_as_arrays(row, scanner);
    if (row.empty()) break;
    rows.push_back(row[0][0]);
    family = row[0][1];
  }
  EXPECT_EQ(rows.size(), static_cast<size_t>(kRows));
  EXPECT_EQ(family, "renamed");
  connection_->scanner_close(scanner);
}

TEST_F(GatewayAlteredTest, AScannerForAFamilyThatWasDropped_Ends_AndSaysWhich) {
  constexpr int kRows = 20;
  Fill(kRows, "b");
  api::ScanSpec spec = RowByRow(kRows);
  spec.__set_columns({"b"});
  const int64_t scanner = connection_->scanner_open(ns_, "t", spec);
  std::vector<api::CellAsArray> row;
  connection_->scanner_get_row_as_arrays(row, scanner);
  Alter(model::DropFamilies{{"b"}});
  const auto read_on = [&] {
    do {
      connection_->scanner_get_row_as_arrays(row, scanner);
    } while (!row.empty());
  };
  EXPECT_EQ(CodeOf(read_on), 0x5000A);
  connection_->scanner_close(scanner);
}

TEST_F(GatewayAlteredTest, AScanOfAFuture_GoesOn_WithTheNamesAsTheyAreNow) {
  constexpr int kRows = 20;
  Fill(kRows, "a");
  const int64_t future = connection_->open_future(1);  // one result at a time
  connection_->open_scanner_async(ns_, "t", future, RowByRow(kRows));
  int count = 0;
  std::string family;
  while (true) {
    api::ResultAsArrays result;
    connection_->get_future_result_as_arrays(result, future, 10'000);
    if (result.is_empty) break;
    ASSERT_FALSE(result.is_error) << result.error_msg;
    for (const api::CellAsArray& cell : result.cells) family = cell[1];
    if (count == 0) Alter(model::RenameFamily{"a", "renamed"});
    count += static_cast<int>(result.cells.size());
  }
  EXPECT_EQ(count, kRows);
  EXPECT_EQ(family, "renamed");
  connection_->close_future(future);
}

TEST_F(GatewayAlteredTest, CallsWithoutAnObject_SeeTheNewSchemaAtOnce) {
  Fill(1, "a");
  ASSERT_EQ(All().size(), 1u);  // the gateway has the table open
  Alter(Add("c"));
  connection_->set_cell_as_array(ns_, "t", Cell("row100", "c", "w"));
  EXPECT_THAT(All(), ElementsAre("row100 a v", "row100 c w"));
  Alter(model::DropFamilies{{"c"}});
  EXPECT_EQ(CodeOf([&] { connection_->set_cell_as_array(ns_, "t", Cell("row100", "c", "w")); }), 9);
  EXPECT_THAT(All(), ElementsAre("row100 a v"));
}

}  // namespace
}  // namespace cellar::tests
