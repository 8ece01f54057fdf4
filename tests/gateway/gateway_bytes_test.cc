#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "hql/lexer.h"
#include "tests/gateway/gateway_fixture.h"
#include "thrift/packed/packed_cells.h"

// Every byte in row, qualifier and value, written by each kind of method and read by each.

namespace cellar::tests {
namespace {

using std::string_literals::operator""s;
using thrift::PackedCell;
using thrift::PackedCellsReader;
using thrift::PackedCellsWriter;

/// (row, qualifier) → value.
using Held = std::map<std::pair<std::string, std::string>, std::string>;

std::string EveryByte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

std::string PackedOf(int32_t version, const std::string& row, const std::string& qualifier, const std::string& value) {
  PackedCellsWriter writer(version);
  PackedCell cell;
  cell.row = row;
  cell.family = "a";
  cell.qualifier = qualifier;
  cell.value = value;
  CHECK(writer.Add(cell).ok());
  return writer.Finish();
}

void AddTo(Held* held, const std::vector<api::Cell>& cells) {
  for (const api::Cell& cell : cells) held->insert({{cell.key.row, cell.key.column_qualifier}, cell.value});
}

void AddTo(Held* held, const std::vector<api::CellAsArray>& cells) {
  for (const api::CellAsArray& cell : cells) held->insert({{cell[0], cell[2]}, cell[3]});
}

void AddTo(Held* held, const std::string& packed) {
  PackedCellsReader reader(packed);
  PackedCell cell;
  while (reader.Next(&cell)) {
    held->insert({{std::string(cell.row), std::string(cell.qualifier)}, std::string(cell.value)});
  }
  EXPECT_TRUE(reader.status().ok()) << reader.status().ToString();
}

class GatewayBytesTest : public GatewayFixture {
 protected:
  using Write = std::function<void(const std::string&, const std::string&, const std::string&)>;

  void SetUp() override {
    GatewayFixture::SetUp();
    connection_->table_create(ns_, "t", SchemaOfFamily("a"));
    mutator_ = connection_->mutator_open(ns_, "t", 0, 0);
    future_ = connection_->future_open(0);
    async_ = connection_->async_mutator_open(ns_, "t", future_, 0);
  }

  static api::Cell CellOf(const std::string& row, const std::string& qualifier, const std::string& value) {
    api::Cell cell;
    cell.key.row = row;
    cell.key.column_family = "a";
    cell.key.column_qualifier = qualifier;
    cell.__set_value(value);
    return cell;
  }

  std::vector<Write> Writes() {
    using Text = const std::string&;
    return {[this](Text r, Text q, Text v) { connection_->set_cell(ns_, "t", CellOf(r, q, v)); },
            [this](Text r, Text q, Text v) {
              connection_->set_cell_as_array(ns_, "t", {r, "a", q, v});
            },
            [this](Text r, Text q, Text v) { connection_->set_cells_serialized(ns_, "t", PackedOf(2, r, q, v)); },
            [this](Text r, Text q, Text v) { connection_->mutator_set_cell(mutator_, CellOf(r, q, v)); },
            [this](Text r, Text q, Text v) {
              connection_->async_mutator_set_cell_as_array(async_, {r, "a", q, v});
            },
            [this](Text r, Text q, Text v) {
              own::InsertResult result;
              connection_->insert_if_absent(result, ns_, "t", r, "a", q, v);
            },
            [this](Text r, Text q, Text v) {
              own::CheckResult result;
              connection_->check_and_mutate(result, ns_, "t", r, {}, PackedOf(2, r, q, v));
            },
            [this](Text r, Text q, Text v) {
              api::HqlResult result;
              connection_->hql_query(result, ns_,
                                     "INSERT INTO t VALUES (" + hql::QuoteString(r) + ", " +
                                         hql::QuoteString("a:" + q) + ", " + hql::QuoteString(v) + ")");
            }};
  }

  /// By one method that gives all cells, in one way of giving them.
  template <typename Cells>
  Held ReadBy(const std::function<void(Cells&)>& read) {
    Held held;
    Cells cells;
    read(cells);
    AddTo(&held, cells);
    return held;
  }

  /// By a method that gives some at a time, until it gives none.
  template <typename Cells>
  Held ReadAllBy(const api::ScanSpec& spec, const std::function<void(Cells&, int64_t)>& next) {
    Held held;
    const int64_t scanner = connection_->scanner_open(ns_, "t", spec);
    for (size_t before = 1; before != held.size();) {
      before = held.size();
      Cells cells;
      next(cells, scanner);
      AddTo(&held, cells);
    }
    connection_->scanner_close(scanner);
    return held;
  }

  int64_t mutator_ = 0;
  int64_t future_ = 0;
  int64_t async_ = 0;
};

TEST_F(GatewayBytesTest, EveryByteComesBackInEveryForm) {
  const std::string all = EveryByte();
  Held wanted;
  const std::vector<Write> writes = Writes();
  for (size_t form = 0; form < writes.size(); ++form) {
    const std::string number = std::to_string(form);
    for (const std::string& row : {all + number, "\0"s + number, "\xff\xff"s + number, "\n\t\\\r'\""s + number}) {
      writes[form](row, all, all);
      writes[form](row, "", "");
      wanted[{row, all}] = all;
      wanted[{row, ""}] = "";
    }
  }
  connection_->mutator_flush(mutator_);
  connection_->async_mutator_flush(async_);
  api::Result flushed;
  connection_->future_get_result(flushed, future_, 0);
  ASSERT_FALSE(flushed.is_error) << flushed.error_msg;

  api::ScanSpec spec;
  spec.__set_cells_version(2);
  auto& c = connection_;
  EXPECT_EQ(ReadBy<std::vector<api::Cell>>([&](auto& cells) { c->get_cells(cells, ns_, "t", spec); }), wanted);
  EXPECT_EQ(ReadBy<std::vector<api::CellAsArray>>([&](auto& cells) { c->get_cells_as_arrays(cells, ns_, "t", spec); }),
            wanted);
  EXPECT_EQ(ReadBy<std::string>([&](auto& cells) { c->get_cells_serialized(cells, ns_, "t", spec); }), wanted);
  EXPECT_EQ(ReadAllBy<std::vector<api::Cell>>(spec, [&](auto& cells, int64_t id) { c->next_row(cells, id); }), wanted);
  EXPECT_EQ(ReadAllBy<std::vector<api::CellAsArray>>(
                spec, [&](auto& cells, int64_t id) { c->next_row_as_arrays(cells, id); }),
            wanted);
  EXPECT_EQ(ReadAllBy<std::string>(spec, [&](auto& cells, int64_t id) { c->next_row_serialized(cells, id); }), wanted);
  EXPECT_EQ(ReadAllBy<std::vector<api::Cell>>(spec, [&](auto& cells, int64_t id) { c->next_cells(cells, id); }),
            wanted);
  api::HqlResult2 answer;
  c->hql_query2(answer, ns_, "SELECT * FROM t");
  EXPECT_EQ(ReadBy<std::vector<api::CellAsArray>>([&](auto& cells) { cells = answer.cells; }), wanted);
  own::HqlAnswer packed;
  c->hql_run(packed, ns_, "SELECT * FROM t", own::HqlOptions());
  EXPECT_EQ(ReadBy<std::string>([&](auto& cells) { cells = packed.cells; }), wanted);
  c->async_scanner_open(ns_, "t", future_, spec);
  api::ResultSerialized result;
  c->future_get_result_serialized(result, future_, 0);
  EXPECT_EQ(ReadBy<std::string>([&](auto& cells) { cells = result.cells; }), wanted);
  own::ScanBatch batch;
  c->resumable_scan_next(batch, c->resumable_scan_open(ns_, "t", spec, ""), 0);
  EXPECT_EQ(ReadBy<std::string>([&](auto& cells) { cells = batch.cells; }), wanted);
  std::string value;
  for (const auto& [key, held] : wanted) {
    std::vector<api::CellAsArray> row;
    c->get_row_as_arrays(row, ns_, "t", key.first);
    EXPECT_EQ(row.size(), 2U);
  }
}

TEST_F(GatewayBytesTest, PackedCellsOfVersion1HoldAllButANul_AndNameTheRowThatHasOne) {
  std::string bytes = EveryByte().substr(1);
  connection_->set_cells_serialized(ns_, "t", PackedOf(1, bytes, bytes, EveryByte()));
  std::string packed;
  connection_->get_row_serialized(packed, ns_, "t", bytes);
  EXPECT_EQ(PackedCellsReader(packed).version(), 1);
  EXPECT_EQ(ReadBy<std::string>([&](auto& cells) { cells = packed; }), (Held{{{bytes, bytes}, EveryByte()}}));
  for (const auto& [row, qualifier] : std::vector<std::pair<std::string, std::string>>{{"n\0r"s, ""}, {"q", "\0"s}}) {
    connection_->set_cell(ns_, "t", CellOf(row, qualifier, "v"));
    api::ScanSpec spec;
    spec.row_intervals.emplace_back();
    spec.row_intervals.back().__set_start_row(row);
    spec.row_intervals.back().__set_end_row(row);
    spec.__isset.row_intervals = true;
    const int64_t scanner = connection_->scanner_open(ns_, "t", spec);
    try {
      connection_->next_cells_serialized(packed, scanner);
      ADD_FAILURE() << "a NUL was packed";
    } catch (const api::ClientException& error) {
      EXPECT_EQ(error.code, 55);
      EXPECT_THAT(error.message, testing::HasSubstr("row \"" + row.substr(0, 1)));
    }
    connection_->scanner_close(scanner);
  }
}

}  // namespace
}  // namespace cellar::tests
