#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "common/concurrency/thread.h"
#include "tests/gateway/gateway_fixture.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::tests {
namespace {

api::Cell MakeCell(const std::string& row, const std::string& value) {
  api::Cell cell;
  cell.key.row = row;
  cell.key.column_family = "a";
  cell.__set_value(value);
  return cell;
}

class GatewayFuturesTest : public GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    connection_->table_create(ns_, "t", SchemaOfFamily("a"));
    std::vector<api::Cell> cells;
    for (int i = 100; i < 400; ++i) cells.push_back(MakeCell(std::to_string(i), std::string(1000, 'v')));
    connection_->set_cells(ns_, "t", cells);
  }
};

TEST_F(GatewayFuturesTest, ScansOfOneFutureGiveEveryCellOnce) {
  const int64_t future = connection_->open_future(1000);  // less than a block: one is let in at a time
  const int64_t first = connection_->open_scanner_async(ns_, "t", future, api::ScanSpec());
  const int64_t second = connection_->open_scanner_async(ns_, "t", future, api::ScanSpec());
  std::map<int64_t, std::vector<std::string>> rows;
  while (true) {
    api::Result result;
    connection_->get_future_result(result, future, 10'000);
    if (result.is_empty) break;
    ASSERT_TRUE(result.is_scan);
    ASSERT_FALSE(result.is_error) << result.error_msg;
    for (const api::Cell& cell : result.cells) rows[result.id].push_back(cell.key.row);
  }
  ASSERT_EQ(rows[first].size(), 300);
  EXPECT_TRUE(std::is_sorted(rows[first].begin(), rows[first].end()));
  EXPECT_EQ(rows[first], rows[second]);
  EXPECT_TRUE(connection_->future_is_empty(future));
  EXPECT_FALSE(connection_->future_is_full(future));
  EXPECT_FALSE(connection_->future_is_cancelled(future));
  EXPECT_FALSE(connection_->future_has_outstanding(future));
  connection_->close_scanner_async(first);
  connection_->close_scanner_async(second);
  EXPECT_EQ(CodeOf([&] { connection_->cancel_scanner_async(first); }), 0x90001);
  connection_->close_future(future);
  EXPECT_EQ(CodeOf([&] { connection_->future_is_empty(future); }), 0x90004);
}

TEST_F(GatewayFuturesTest, ResultsComeInEveryForm) {
  for (const int32_t version : {1, 2}) {
    const int64_t future = connection_->open_future(0);
    api::ScanSpec spec;
    spec.__set_cells_version(version);
    connection_->open_scanner_async(ns_, "t", future, spec);
    size_t count = 0;
    bool ended = false;
    while (true) {
      api::ResultSerialized result;
      connection_->get_future_result_serialized(result, future, 10'000);
      if (result.is_empty) break;
      thrift::PackedCellsReader reader(result.cells);
      EXPECT_EQ(reader.version(), version);
      thrift::PackedCell cell;
      while (reader.Next(&cell)) ++count;
      ended = reader.end_of_scan();
    }
    EXPECT_EQ(count, 300);
    EXPECT_TRUE(ended);
  }
  const int64_t future = connection_->open_future(0);
  connection_->open_scanner_async(ns_, "t", future, api::ScanSpec());
  api::ResultAsArrays result;
  connection_->get_future_result_as_arrays(result, future, 10'000);
  ASSERT_FALSE(result.cells.empty());
  EXPECT_EQ(result.cells[0].size(), 5);
}

TEST_F(GatewayFuturesTest, OneResultForAFlush) {
  const int64_t future = connection_->open_future(0);
  const int64_t mutator = connection_->open_mutator_async(ns_, "t", future, 0);
  api::Result result;
  connection_->get_future_result(result, future, 1000);
  EXPECT_TRUE(result.is_empty) << "nothing was sent";
  connection_->flush_mutator_async(mutator);
  connection_->set_cell_async(mutator, MakeCell("x1", "1"));
  connection_->set_cells_as_arrays_async(mutator, {{"x2", "a", "", "2"}});
  connection_->flush_mutator_async(mutator);
  connection_->get_future_result(result, future, 10'000);
  EXPECT_FALSE(result.is_empty || result.is_scan || result.is_error);
  EXPECT_EQ(result.id, mutator);
  connection_->get_future_result(result, future, 10'000);
  EXPECT_TRUE(result.is_empty);
  std::string value;
  connection_->get_cell(value, ns_, "t", "x2", "a");
  EXPECT_EQ(value, "2");
  connection_->set_cell_async(mutator, MakeCell("x3", "3"));
  connection_->flush_mutator_async(mutator);
  api::ResultAsArrays arrays;
  EXPECT_EQ(CodeOf([&] { connection_->get_future_result_as_arrays(arrays, future, 10'000); }), 31);
  EXPECT_EQ(CodeOf([&] { connection_->set_cell_async(mutator, MakeCell("", "3")); }), 9);
  connection_->set_cell_async(mutator, MakeCell("x4", "dropped"));
  connection_->cancel_mutator_async(mutator);
  connection_->close_mutator_async(mutator);
  connection_->get_cell(value, ns_, "t", "x4", "a");
  EXPECT_EQ(value, "");
  EXPECT_EQ(CodeOf([&] { connection_->flush_mutator_async(mutator); }), 0x90002);
}

TEST_F(GatewayFuturesTest, AFlushThatFailsGivesItsCellsBack) {
  const int64_t future = connection_->open_future(0);
  const int64_t mutator = connection_->open_mutator_async(ns_, "t", future, 0);
  connection_->set_cell_async(mutator, MakeCell("x", "1"));
  connection_->drop_table(ns_, "t", false);
  connection_->flush_mutator_async(mutator);
  api::Result result;
  connection_->get_future_result(result, future, 60'000);
  ASSERT_TRUE(result.is_error);
  EXPECT_EQ(result.error, 22);
  ASSERT_EQ(result.cells.size(), 1);
  EXPECT_EQ(result.cells[0].key.row, "x");
}

TEST_F(GatewayFuturesTest, TimeoutsAndCancels) {
  const int64_t future = connection_->open_future(1);
  const int64_t scanner = connection_->open_scanner_async(ns_, "t", future, api::ScanSpec());
  EXPECT_TRUE(Eventually([&] { return connection_->future_is_full(future); }));
  connection_->close_scanner_async(scanner);
  api::Result result;
  connection_->get_future_result(result, future, 10'000);
  EXPECT_TRUE(result.is_scan);
  EXPECT_EQ(result.id, 0) << "closed by the client";
  connection_->cancel_future(future);
  EXPECT_TRUE(connection_->future_is_cancelled(future));
  connection_->get_future_result(result, future, 10'000);
  EXPECT_TRUE(result.is_empty);
  EXPECT_EQ(CodeOf([&] { connection_->open_scanner_async(ns_, "t", future, api::ScanSpec()); }), 33);
  EXPECT_EQ(CodeOf([&] { connection_->open_mutator_async(ns_, "t", future, 0); }), 33);
  EXPECT_EQ(CodeOf([&] { connection_->get_future_result(result, ns_, 1); }), 0x90004);
  EXPECT_EQ(CodeOf([&] { connection_->open_scanner_async(ns_, "t", ns_, api::ScanSpec()); }), 0x90004);
}

TEST_F(GatewayFuturesTest, AFutureMayBeClosedWhileScansUseIt) {
  const int64_t future = connection_->open_future(1);
  const int64_t scanner = connection_->open_scanner_async(ns_, "t", future, api::ScanSpec());
  connection_->close_future(future);
  connection_->cancel_scanner_async(scanner);
  connection_->close_scanner_async(scanner);
}

}  // namespace
}  // namespace cellar::tests
