#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/gateway/gateway_fixture.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using thrift::PackedCell;
using thrift::PackedCellsReader;
using thrift::PackedCellsWriter;

api::Cell MakeCell(const std::string& row, const std::string& family, const std::string& qualifier,
                   const std::string& value) {
  api::Cell cell;
  cell.key.row = row;
  cell.key.column_family = family;
  cell.key.column_qualifier = qualifier;
  cell.__set_value(value);
  return cell;
}

api::RowInterval Rows(const std::string& start, const std::string& end) {
  api::RowInterval rows;
  rows.__set_start_row(start);
  rows.__set_end_row(end);
  return rows;
}

/// Each test has the table "t".
class GatewayTest : public GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    api::Schema schema;
    for (const char* family : {"a", "b", "count", "unique"}) schema.column_families[family].name = family;
    schema.column_families["count"].options.__set_counter(true);
    schema.column_families["count"].__isset.options = true;
    schema.column_families["unique"].options.__set_time_order_desc(true);
    schema.column_families["unique"].__isset.options = true;
    schema.__isset.column_families = true;
    connection_->table_create(ns_, "t", schema);
  }

  /// Rows r00 to r<count - 1>, with a:x and b:y.
  void Fill(int count) {
    std::vector<api::Cell> cells;
    for (int i = 0; i < count; ++i) {
      const std::string row = std::string("r") + (i < 10 ? "0" : "") + std::to_string(i);
      cells.push_back(MakeCell(row, "a", "x", "v" + std::to_string(i)));
      cells.push_back(MakeCell(row, "b", "y", ""));
    }
    connection_->set_cells(ns_, "t", cells);
  }

  std::vector<std::string> RowsOf(const api::ScanSpec& spec) {
    std::vector<api::CellAsArray> cells;
    connection_->get_cells_as_arrays(cells, ns_, "t", spec);
    std::vector<std::string> rows;
    for (const api::CellAsArray& cell : cells) rows.push_back(cell[0] + " " + cell[1] + ":" + cell[2]);
    return rows;
  }

  std::string ValueOf(const std::string& row, const std::string& column) {
    std::string value;
    connection_->get_cell(value, ns_, "t", row, column);
    return value;
  }
};

// ---- Names

TEST_F(GatewayTest, Namespaces) {
  EXPECT_EQ(CodeOf([&] { connection_->namespace_create("Namespaces"); }), 42);
  EXPECT_EQ(CodeOf([&] { connection_->create_namespace("missing/below"); }), 40);
  EXPECT_EQ(CodeOf([&] { connection_->create_namespace("Namespaces/t"); }), 39);
  EXPECT_EQ(CodeOf([&] { connection_->open_namespace("missing"); }), 40);
  EXPECT_TRUE(connection_->exists_namespace("/Namespaces/"));
  EXPECT_FALSE(connection_->namespace_exists("Namespaces/t"));
  connection_->create_namespace("//Namespaces//inner/");
  std::vector<api::NamespaceListing> listing;
  connection_->get_listing(listing, ns_);
  ASSERT_EQ(listing.size(), 2);
  EXPECT_EQ(listing[0].name, "inner");
  EXPECT_TRUE(listing[0].is_namespace);
  EXPECT_EQ(listing[1].name, "t");
  std::vector<std::string> tables;
  connection_->get_tables(tables, ns_);
  EXPECT_THAT(tables, ElementsAre("t"));
  EXPECT_EQ(CodeOf([&] { connection_->drop_namespace("Namespaces", true); }), 0x30013);
  EXPECT_EQ(CodeOf([&] { connection_->drop_namespace("Namespaces/none", false); }), 40);
  EXPECT_EQ(CodeOf([&] { connection_->drop_namespace("Namespaces/none", true); }), 0);
  EXPECT_EQ(CodeOf([&] { connection_->drop_namespace("sys", true); }), 57);
  connection_->namespace_drop("Namespaces/inner", false);
  const int64_t other = connection_->open_namespace("Namespaces");
  EXPECT_NE(other, ns_);
  connection_->close_namespace(other);
  EXPECT_EQ(CodeOf([&] { connection_->namespace_close(other); }), 0x90003);
}

TEST_F(GatewayTest, Tables) {
  EXPECT_TRUE(connection_->exists_table(ns_, "t"));
  EXPECT_FALSE(connection_->table_exists(ns_, "none"));
  EXPECT_EQ(CodeOf([&] { connection_->table_create(ns_, "t", api::Schema()); }), 39);
  api::Schema schema;
  connection_->get_schema(schema, ns_, "t");
  EXPECT_EQ(schema.column_families.size(), 4);
  EXPECT_TRUE(schema.column_families["count"].options.counter);
  EXPECT_EQ(schema.column_families["a"].access_group, "default");
  schema.column_families["more"].name = "more";
  connection_->table_alter(ns_, "t", schema);
  EXPECT_EQ(CodeOf([&] { connection_->table_alter(ns_, "t", schema); }), 0x40008);
  EXPECT_EQ(CodeOf([&] { connection_->table_alter(ns_, "none", schema); }), 22);
  connection_->set_cell(ns_, "t", MakeCell("r", "more", "", "v"));
  EXPECT_EQ(ValueOf("r", "more"), "v");
  std::string text;
  connection_->get_schema_str(text, ns_, "t");
  EXPECT_THAT(text, HasSubstr("<Name>more</Name>"));
  connection_->get_schema_str_with_ids(text, ns_, "t");
  EXPECT_THAT(text, HasSubstr("Generation"));
  connection_->get_table_id(text, ns_, "t");
  EXPECT_THAT(text, HasSubstr("/"));
  std::vector<api::TableSplit> splits;
  connection_->get_table_splits(splits, ns_, "t");
  ASSERT_EQ(splits.size(), 1);
  EXPECT_TRUE(splits[0].__isset.start_row);
  EXPECT_FALSE(splits[0].__isset.end_row);
  EXPECT_EQ(splits[0].location, "rs1");
  connection_->rename_table(ns_, "t", "u");
  EXPECT_EQ(CodeOf([&] { ValueOf("r", "more"); }), 22);
  EXPECT_EQ(CodeOf([&] { connection_->table_rename(ns_, "t", "v"); }), 22);
  EXPECT_EQ(CodeOf([&] { connection_->drop_table(ns_, "none", false); }), 22);
  EXPECT_EQ(CodeOf([&] { connection_->drop_table(ns_, "none", true); }), 0);
  connection_->refresh_table(ns_, "u");
  connection_->drop_table(ns_, "u", false);
  api::Schema bad;
  bad.column_families["c"].name = "c";
  bad.column_families["c"].access_group = "none";
  bad.__isset.column_families = true;
  EXPECT_NE(CodeOf([&] { connection_->table_create(ns_, "w", bad); }), 0);
}

// ---- Reads

TEST_F(GatewayTest, ScannersGiveTheSameCellsInEveryForm) {
  Fill(20);
  api::ScanSpec spec;
  spec.__set_columns({"a"});
  std::vector<std::string> values;
  int64_t scanner = connection_->open_scanner(ns_, "t", spec);
  for (std::vector<api::Cell> cells;;) {
    connection_->next_cells(cells, scanner);
    if (cells.empty()) break;
    for (const api::Cell& cell : cells) {
      values.push_back(cell.value);
      EXPECT_TRUE(cell.key.__isset.timestamp && cell.key.__isset.revision);
      EXPECT_EQ(cell.key.flag, api::KeyFlag::INSERT);
    }
  }
  connection_->close_scanner(scanner);
  ASSERT_EQ(values.size(), 20);
  for (const int32_t version : {1, 2}) {
    spec.__set_cells_version(version);
    std::string packed;
    connection_->get_cells_serialized(packed, ns_, "t", spec);
    PackedCellsReader reader(packed);
    EXPECT_EQ(reader.version(), version);
    PackedCell cell;
    std::vector<std::string> read;
    while (reader.Next(&cell)) read.emplace_back(cell.value);
    EXPECT_TRUE(reader.end_of_scan());
    EXPECT_EQ(read, values);
  }
  spec.__set_cells_version(3);
  EXPECT_EQ(CodeOf([&] { connection_->open_scanner(ns_, "t", spec); }), 56);
  EXPECT_EQ(CodeOf([&] { connection_->scanner_close(scanner); }), 0x90001);
}

TEST_F(GatewayTest, RowsComeWhole) {
  Fill(3);
  const int64_t scanner = connection_->open_scanner(ns_, "t", api::ScanSpec());
  std::vector<api::CellAsArray> row;
  connection_->next_row_as_arrays(row, scanner);
  ASSERT_EQ(row.size(), 2);
  EXPECT_THAT(row[1], ElementsAre("r00", "b", "y", "", testing::_));
  std::vector<api::Cell> cells;
  connection_->next_row(cells, scanner);
  ASSERT_EQ(cells.size(), 2);
  EXPECT_EQ(cells[0].key.row, "r01");
  EXPECT_FALSE(cells[1].__isset.value);
  std::string packed;
  connection_->next_row_serialized(packed, scanner);
  PackedCellsReader reader(packed);
  PackedCell cell;
  int count = 0;
  while (reader.Next(&cell)) ++count;
  EXPECT_EQ(count, 2);
  connection_->next_row_serialized(packed, scanner);
  EXPECT_EQ(packed.size(), 5);
  connection_->next_row(cells, scanner);
  EXPECT_TRUE(cells.empty());
}

TEST_F(GatewayTest, SpecsAreReadAsTheAncestorReadsThem) {
  Fill(5);
  api::ScanSpec spec;
  spec.__set_row_intervals({Rows("r03", "r04"), Rows("r00", "r01")});
  spec.__set_row_limit(1);
  EXPECT_THAT(RowsOf(spec), ElementsAre("r03 a:x", "r03 b:y", "r00 a:x", "r00 b:y")) << "order and limit by interval";
  spec.__set_columns({"b:^y", "a:none"});
  EXPECT_THAT(RowsOf(spec), ElementsAre("r03 b:y", "r00 b:y"));
  api::ColumnPredicate predicate;
  predicate.__set_column_family("a");
  predicate.operation = api::ColumnPredicateOperation::PREFIX_MATCH;
  predicate.__set_value("v4");
  api::ScanSpec filtered;
  filtered.__set_column_predicates({predicate});
  EXPECT_THAT(RowsOf(filtered), ElementsAre("r04 a:x")) << "by cell, not by row";
  api::ScanSpec open_ended;
  open_ended.__set_row_intervals({Rows("r04", "\xff\xff")});
  EXPECT_THAT(RowsOf(open_ended), ElementsAre("r04 a:x", "r04 b:y"));
  const auto code = [&](const std::function<void(api::ScanSpec&)>& change) {
    api::ScanSpec bad;
    change(bad);
    return CodeOf([&] { connection_->open_scanner(ns_, "t", bad); });
  };
  EXPECT_EQ(code([](api::ScanSpec& bad) { bad.__set_columns({"none"}); }), 0x5000A);
  EXPECT_EQ(code([](api::ScanSpec& bad) { bad.__set_row_intervals({Rows("b", "a")}); }), 30);
  EXPECT_EQ(code([](api::ScanSpec& bad) { bad.__set_row_limit(-1); }), 30);
  EXPECT_EQ(code([](api::ScanSpec& bad) { bad.__set_row_regexp("("); }), 30);
  EXPECT_EQ(code([](api::ScanSpec& bad) { bad.__set_columns({":x"}); }), 30);
  EXPECT_EQ(code([](api::ScanSpec& bad) {
              bad.__set_row_offset(1);
              bad.__set_cell_offset(1);
            }),
            30);
  EXPECT_EQ(code([](api::ScanSpec& bad) {
              bad.__set_row_intervals({Rows("a", "b")});
              bad.__set_cell_intervals({api::CellInterval()});
            }),
            30);
  EXPECT_EQ(code([&](api::ScanSpec& bad) {
              predicate.__set_column_family("count");
              bad.__set_column_predicates({predicate});
            }),
            30);
}

TEST_F(GatewayTest, IndexesAreKeptAndUsed) {
  api::Schema schema;
  connection_->get_schema(schema, ns_, "t");
  schema.column_families["a"].value_index = true;
  schema.column_families["b"].qualifier_index = true;
  connection_->table_alter(ns_, "t", schema);
  api::HqlResult result;
  connection_->hql_query(result, ns_, "REBUILD INDICES t");
  const auto entries = [this](const std::string& table) {
    std::vector<api::CellAsArray> cells;
    connection_->get_cells_as_arrays(cells, ns_, table, api::ScanSpec());
    return cells.size();
  };
  Fill(5);
  const int64_t mutator = connection_->mutator_open(ns_, "t", 0, 0);
  connection_->mutator_set_cell(mutator, MakeCell("r05", "a", "x", "v5"));
  connection_->mutator_close(mutator);
  EXPECT_EQ(entries("^t"), 6);
  EXPECT_EQ(entries("^^t"), 5);
  own::InsertResult inserted;
  connection_->insert_if_absent(inserted, ns_, "t", "r06", "a", "x", "v6");
  EXPECT_EQ(entries("^t"), 7);
  const auto scan_for = [this](const std::string& family, int32_t operation, const std::string& text) {
    api::ColumnPredicate predicate;
    predicate.__set_column_family(family);
    predicate.operation = operation;
    predicate.__set_value(text);
    predicate.__set_column_qualifier(text);
    api::ScanSpec spec;
    spec.__set_column_predicates({predicate});
    return RowsOf(spec);
  };
  using Operation = api::ColumnPredicateOperation;
  EXPECT_THAT(scan_for("a", Operation::EXACT_MATCH, "v5"), ElementsAre("r05 a:x"));
  EXPECT_THAT(scan_for("a", Operation::EXACT_MATCH, "v6"), ElementsAre("r06 a:x"));
  EXPECT_THAT(scan_for("b", Operation::QUALIFIER_EXACT_MATCH, "y").size(), 5);
  connection_->set_cell(ns_, "t", MakeCell("r05", "a", "x", "v7"));
  EXPECT_THAT(scan_for("a", Operation::REGEX_MATCH, "^v7"), ElementsAre("r05 a:x"));
  EXPECT_EQ(CodeOf([&] { connection_->set_cell(ns_, "^t", MakeCell("r", "v1", "", "")); }), 35);
  api::HqlResult2 lines;
  connection_->hql_query2(lines, ns_, "EXPLAIN SELECT * FROM t WHERE a = 'v5' OR EXISTS(b:y)");
  ASSERT_FALSE(lines.results.empty());
  EXPECT_EQ(lines.results[0], "index: VALUE INDEX a OR QUALIFIER INDEX b");
}

TEST_F(GatewayTest, ConvenienceReads) {
  Fill(2);
  std::vector<api::Cell> cells;
  connection_->get_row(cells, ns_, "t", "r01");
  EXPECT_EQ(cells.size(), 2);
  connection_->get_row(cells, ns_, "t", "none");
  EXPECT_TRUE(cells.empty());
  EXPECT_EQ(CodeOf([&] { connection_->get_row(cells, ns_, "t", ""); }), 9);
  EXPECT_EQ(CodeOf([&] { ValueOf("", "a"); }), 9);
  EXPECT_EQ(CodeOf([&] { ValueOf("r00", "none"); }), 0x5000A);
  EXPECT_EQ(ValueOf("r00", "a:x"), "v0");
  EXPECT_EQ(ValueOf("r00", "a:none"), "");
  std::string packed;
  connection_->get_row_serialized(packed, ns_, "t", "r00");
  EXPECT_EQ(PackedCellsReader(packed).version(), 1);
}

// ---- Writes

TEST_F(GatewayTest, MutatorsTakeEveryForm) {
  const int64_t mutator = connection_->open_mutator(ns_, "t", 0, 0);
  connection_->mutator_set_cell(mutator, MakeCell("m1", "a", "", "1"));
  connection_->mutator_set_cells(mutator, {MakeCell("m2", "a", "", "2")});
  connection_->mutator_set_cell_as_array(mutator, {"m3", "a", "", "3", "0x10"});
  connection_->mutator_set_cells_as_arrays(mutator, {{"m4", "a", "", "4", "18446744073709551615"}});
  PackedCellsWriter writer(thrift::kPackedVersion2);
  PackedCell cell;
  const std::string row("m\0005", 3);
  cell.row = row;
  cell.family = "a";
  cell.value = "5";
  ASSERT_TRUE(writer.Add(cell).ok());
  connection_->mutator_set_cells_serialized(mutator, writer.Finish(), true);
  EXPECT_EQ(ValueOf(row, "a"), "5") << "flushed by the call";
  connection_->flush_mutator(mutator);
  std::vector<api::CellAsArray> cells;
  connection_->get_row_as_arrays(cells, ns_, "t", "m3");
  EXPECT_THAT(cells, ElementsAre(ElementsAre("m3", "a", "", "3", "16")));
  EXPECT_EQ(ValueOf("m4", "a"), "4");
  EXPECT_EQ(CodeOf([&] { connection_->get_row_serialized(*std::make_unique<std::string>(), ns_, "t", row); }), 55);
  connection_->close_mutator(mutator);
  EXPECT_EQ(CodeOf([&] { connection_->mutator_flush(mutator); }), 0x90002);
}

TEST_F(GatewayTest, BadCellsAreRefusedByName) {
  const auto code = [&](const api::CellAsArray& cell) {
    return CodeOf([&] { connection_->set_cell_as_array(ns_, "t", cell); });
  };
  EXPECT_EQ(code({}), 9);
  EXPECT_EQ(code({"", "a", "", "v"}), 9);
  EXPECT_EQ(code({"r", "", "", "v"}), 9);
  EXPECT_EQ(code({"r", "none", "", "v"}), 9);
  EXPECT_EQ(code({"r", "a", "", "v", "12x"}), 9);
  EXPECT_EQ(code({"r", "a", "", "v", "1", "2", "7"}), 9) << "flag";
  EXPECT_EQ(code({"r", "a", "", "v", "1", "2", "255", "8"}), 9) << "too many";
  EXPECT_EQ(code({"r", "a", "", "v", "-9223372036854775807"}), 9) << "the null timestamp";
  EXPECT_EQ(code({"r", "count", "", "many"}), 9);
  EXPECT_EQ(code({"r", "count", "", "+7"}), 0);
  api::Cell version = MakeCell("r", "a", "", "");
  version.key.flag = api::KeyFlag::DELETE_CELL_VERSION;
  EXPECT_EQ(CodeOf([&] { connection_->set_cell(ns_, "t", version); }), 9);
  EXPECT_EQ(CodeOf([&] { connection_->set_cells_serialized(ns_, "t", "\x01"); }), 0x80001);
  EXPECT_EQ(CodeOf([&] { connection_->set_cells_serialized(ns_, "t", std::string("\x09\0\0\0\x01", 5)); }), 0x80004);
  EXPECT_EQ(CodeOf([&] { connection_->set_cell(ns_, "none", MakeCell("r", "a", "", "")); }), 22);
  EXPECT_EQ(CodeOf([&] { connection_->set_cell(ns_ + 8, "t", MakeCell("r", "a", "", "")); }), 0x90003);
  try {
    connection_->set_cell(ns_, "t", MakeCell("", "a", "", ""));
  } catch (const api::ClientException& error) {
    EXPECT_THAT(error.message,
                testing::StartsWith("HYPERTABLE bad key - namespace=" + std::to_string(ns_) + " table=t"));
    EXPECT_THAT(error.message, testing::EndsWith(": " + error.reason)) << "which is for people";
  }
}

TEST_F(GatewayTest, BadPackedCellsAreRefused_ThoseBeforeAreWritten) {
  const std::string too_long(model::kMaxRowBytes + 1, 'x');
  const std::string too_large(model::kDefaultMaxValueBytes + 1, 'v');
  std::vector<std::pair<PackedCell, int>> bad(7, {PackedCell(), 9});
  for (auto& [cell, code] : bad) {
    cell.row = "bad";
    cell.family = "a";
    cell.value = "v";
  }
  bad[0].first.family = "none";
  bad[1].first.family = "";
  bad[2].first.row = too_long;
  bad[3].first.qualifier = too_long;
  bad[4].first.value = too_large;
  bad[5].first.timestamp = thrift::kNullTimestamp;
  bad[6].first.flag = model::KeyFlag::kDeleteVersion;
  for (size_t i = 0; i < bad.size(); ++i) {
    PackedCellsWriter writer(thrift::kPackedVersion2);
    PackedCell cell;
    const std::string row = "before" + std::to_string(i);
    cell.row = row;
    cell.family = "a";
    cell.value = "1";
    ASSERT_TRUE(writer.Add(cell).ok());
    ASSERT_TRUE(writer.Add(bad[i].first).ok());
    cell.row = "behind";
    ASSERT_TRUE(writer.Add(cell).ok());
    const std::string buffer = writer.Finish();
    const int64_t mutator = connection_->open_mutator(ns_, "t", 0, 0);
    EXPECT_EQ(CodeOf([&] { connection_->mutator_set_cells_serialized(mutator, buffer, false); }), bad[i].second) << i;
    EXPECT_EQ(CodeOf([&] { connection_->mutator_close(mutator); }), 0) << i;
    EXPECT_EQ(ValueOf(row, "a"), "1") << i;
  }
  std::vector<std::string> expected;
  for (size_t i = 0; i < bad.size(); ++i) expected.push_back("before" + std::to_string(i) + " a:");
  EXPECT_EQ(RowsOf(api::ScanSpec()), expected);
}

TEST_F(GatewayTest, DeletesAndCounters) {
  Fill(1);
  api::Cell cell = MakeCell("r00", "b", "y", "");
  cell.key.flag = api::KeyFlag::DELETE_CELL;
  connection_->set_cell(ns_, "t", cell);
  EXPECT_THAT(RowsOf(api::ScanSpec()), ElementsAre("r00 a:x"));
  api::ScanSpec with_deletes;
  with_deletes.__set_return_deletes(true);
  std::vector<api::Cell> cells;
  connection_->get_cells(cells, ns_, "t", with_deletes);
  ASSERT_EQ(cells.size(), 3);
  EXPECT_EQ(cells[1].key.flag, api::KeyFlag::DELETE_CELL);
  connection_->set_cell_as_array(ns_, "t", {"r00", "", "", "", "-9223372036854775806", "0", "0"});
  EXPECT_TRUE(RowsOf(api::ScanSpec()).empty());
  connection_->set_cells_as_arrays(ns_, "t", {{"c", "count", "", "=5"}, {"c", "count", "", "+3"}});
  EXPECT_EQ(ValueOf("c", "count"), "8");
}

TEST_F(GatewayTest, SharedMutatorsAreFlushedByThemselves) {
  api::MutateSpec spec;
  spec.appname = "test";
  spec.flush_interval = 20;
  connection_->offer_cell(ns_, "t", spec, MakeCell("o1", "a", "", "1"));
  connection_->offer_cells_as_arrays(ns_, "t", spec, {{"o2", "a", "", "2"}});
  connection_->shared_mutator_set_cells(ns_, "t", spec, {MakeCell("o3", "a", "", "3")});
  EXPECT_TRUE(Eventually([&] { return ValueOf("o3", "a") == "3"; }));
  EXPECT_EQ(ValueOf("o1", "a") + ValueOf("o2", "a"), "12");
  connection_->refresh_shared_mutator(ns_, "t", spec);
  EXPECT_EQ(CodeOf([&] { connection_->offer_cell(ns_, "none", spec, MakeCell("r", "a", "", "")); }), 22);
  const int64_t mutator = connection_->open_mutator(ns_, "t", 0, 20);
  connection_->mutator_set_cell(mutator, MakeCell("o4", "a", "", "4"));
  EXPECT_TRUE(Eventually([&] { return ValueOf("o4", "a") == "4"; }));
}

TEST_F(GatewayTest, AnOpenMutatorGoesOnAfterTheTableWasMadeAnew) {
  const int64_t mutator = connection_->open_mutator(ns_, "t", 0, 0);
  connection_->mutator_set_cell(mutator, MakeCell("r", "a", "", "1"));
  connection_->flush_mutator(mutator);
  api::Schema schema;
  connection_->get_schema(schema, ns_, "t");
  connection_->drop_table(ns_, "t", false);
  connection_->table_create(ns_, "t", schema);
  connection_->mutator_set_cell(mutator, MakeCell("r", "a", "", "2"));
  connection_->close_mutator(mutator);
  EXPECT_EQ(ValueOf("r", "a"), "2");
}

// ---- The rest

TEST_F(GatewayTest, Others) {
  std::string text;
  connection_->generate_guid(text);
  EXPECT_EQ(text.size(), 36);
  connection_->error_get_text(text, 0);
  EXPECT_EQ(text, "HYPERTABLE ok");
  connection_->error_get_text(text, 1);
  EXPECT_EQ(text, "HYPERTABLE protocol error");
  connection_->error_get_text(text, 0x20002);
  EXPECT_EQ(text, "FS BROKER i/o error");
  connection_->error_get_text(text, 12345);
  EXPECT_EQ(text, "ERROR NOT REGISTERED");
  api::Status status;
  connection_->status(status);
  EXPECT_EQ(status.code, 0);
  EXPECT_EQ(CodeOf([&] { connection_->shutdown(); }), 44);
  api::Key key;
  key.row = "u";
  key.column_family = "unique";
  connection_->create_cell_unique(text, ns_, "t", key, "");
  EXPECT_EQ(text.size(), 36);
  EXPECT_EQ(CodeOf([&] { connection_->create_cell_unique(text, ns_, "t", key, "x"); }), 48);
  key.column_family = "a";
  EXPECT_EQ(CodeOf([&] { connection_->create_cell_unique(text, ns_, "t", key, "x"); }), 30);
  key.column_family = "none";
  EXPECT_EQ(CodeOf([&] { connection_->create_cell_unique(text, ns_, "t", key, "x"); }), -1);
}

TEST_F(GatewayTest, Hql) {
  api::HqlResult result;
  connection_->hql_query(result, ns_, "INSERT INTO t VALUES ('h1', 'a:x', 'one'), ('h2', 'a', 'two')");
  EXPECT_FALSE(result.__isset.cells || result.__isset.results || result.__isset.mutator);
  result = api::HqlResult();
  connection_->hql_query(result, ns_, " SELECT * FROM t ");
  ASSERT_TRUE(result.__isset.cells);
  EXPECT_EQ(result.cells.size(), 2);
  api::HqlResultAsArrays arrays;
  connection_->hql_query_as_arrays(arrays, ns_, "SELECT * FROM t WHERE ROW = 'none'");
  EXPECT_TRUE(arrays.__isset.cells);
  api::HqlResult2 lines;
  connection_->hql_query2(lines, ns_, "SHOW TABLES");
  EXPECT_THAT(lines.results, ElementsAre("t"));
  result = api::HqlResult();
  connection_->hql_exec(result, ns_, "SELECT * FROM t", false, true);
  ASSERT_TRUE(result.__isset.scanner);
  EXPECT_FALSE(result.__isset.cells);
  std::vector<api::Cell> cells;
  connection_->next_cells(cells, result.scanner);
  EXPECT_EQ(cells.size(), 2);
  result = api::HqlResult();
  connection_->hql_exec(result, ns_, "INSERT INTO t VALUES ('h3', 'a', 'three')", true, false);
  ASSERT_TRUE(result.__isset.mutator);
  connection_->close_mutator(result.mutator);
  EXPECT_EQ(ValueOf("h3", "a"), "three");
  const auto code = [&](const std::string& statement) {
    return CodeOf([&] { connection_->hql_query(result, ns_, statement); });
  };
  EXPECT_EQ(code("SHOW TABLES;"), 11);
  EXPECT_EQ(code("SELEKT"), 11);
  EXPECT_EQ(code("USE sys"), 41);
  EXPECT_EQ(code("SELECT * FROM none"), 22);
  EXPECT_EQ(code("SELECT * FROM t INTO FILE 'x'"), 44);
  EXPECT_EQ(code("LOAD DATA INFILE 'x' INTO TABLE t"), 44);
  EXPECT_EQ(code("LOAD DATA INFILE 'fs://x' INTO TABLE t"), 44);
  EXPECT_EQ(code("DUMP TABLE t INTO FILE 'fs://x'"), 44);
  EXPECT_EQ(code("CREATE TABLE u WITH 'schema.xml'"), 44);
}

TEST_F(GatewayTest, PseudoTable_IsReadUnderItsName_AndNotWritten) {
  Fill(3);
  const std::string path = std::string("/") + testing::UnitTest::GetInstance()->current_test_info()->name() + "/t";
  const auto compacted =
      world_->client().CompactTable(path, client::CompactionType::kMajor, /*row=*/nullptr, /*wait=*/true);
  ASSERT_TRUE(compacted.ok()) << compacted.status().ToString();
  const std::string name = "t^.cellstore.index";
  std::vector<api::Cell> cells;
  connection_->get_cells(cells, ns_, name, api::ScanSpec());
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells[0].key.row, "r00");
  EXPECT_EQ(cells[0].key.column_family, "Size");
  EXPECT_EQ(cells[2].key.column_family, "KeyCount");
  EXPECT_EQ(cells[2].value, "6");
  const int64_t future = connection_->future_open(0);
  api::ScanSpec sizes;
  sizes.__set_columns({"CompressedSize"});
  const int64_t async = connection_->async_scanner_open(ns_, name, future, sizes);
  api::Result result;
  connection_->future_get_result(result, future, 0);
  ASSERT_EQ(result.cells.size(), 1U);
  EXPECT_EQ(result.cells[0].key.column_family, "CompressedSize");
  connection_->async_scanner_close(async);
  connection_->future_close(future);
  EXPECT_EQ(CodeOf([&] { connection_->set_cell(ns_, name, MakeCell("r", "Size", "", "1")); }), 58);
  EXPECT_EQ(CodeOf([&] { connection_->get_cells(cells, ns_, "t^.nothing", api::ScanSpec()); }), 54);
  EXPECT_EQ(CodeOf([&] { connection_->table_drop(ns_, name, false); }), 58);
}

// ---- Cellar's own

TEST_F(GatewayTest, CheckAndMutate) {
  PackedCellsWriter writer(thrift::kPackedVersion2);
  PackedCell cell;
  cell.row = "r";
  cell.family = "a";
  cell.value = "new";
  ASSERT_TRUE(writer.Add(cell).ok());
  const std::string mutations = writer.Finish();
  own::CellCondition condition;
  condition.column_family = "a";
  condition.operation = own::CompareOperation::ABSENT;
  own::CheckResult result;
  connection_->check_and_mutate(result, ns_, "t", "r", {condition}, mutations);
  EXPECT_TRUE(result.applied && result.__isset.revision);
  result = own::CheckResult();
  connection_->check_and_mutate(result, ns_, "t", "r", {condition}, mutations);
  EXPECT_FALSE(result.applied);
  EXPECT_EQ(result.failed_condition, 0);
  EXPECT_EQ(result.current_value, "new");
  condition.operation = own::CompareOperation::GREATER;
  condition.__set_value("ne");
  connection_->check_and_mutate(result, ns_, "t", "r", {condition}, mutations);
  EXPECT_TRUE(result.applied);
  EXPECT_EQ(CodeOf([&] { connection_->check_and_mutate(result, ns_, "t", "other", {}, mutations); }), 56);
  condition.column_family = "none";
  EXPECT_EQ(CodeOf([&] { connection_->check_and_mutate(result, ns_, "t", "r", {condition}, mutations); }), 9);
  own::InsertResult inserted;
  connection_->insert_if_absent(inserted, ns_, "t", "i", "a", "q", "1");
  EXPECT_TRUE(inserted.inserted);
  connection_->insert_if_absent(inserted, ns_, "t", "i", "a", "q", "2");
  EXPECT_FALSE(inserted.inserted);
  EXPECT_EQ(inserted.current_value, "1");
  EXPECT_EQ(connection_->increment(ns_, "t", "c", "count", "", 5), 5);
  EXPECT_EQ(connection_->increment(ns_, "t", "c", "count", "", -2), 3);
  EXPECT_EQ(CodeOf([&] { connection_->increment(ns_, "t", "c", "a", "", 1); }), 9);
  own::ServerVersion version;
  connection_->server_version(version);
  EXPECT_EQ(version.api, 1);
}

TEST_F(GatewayTest, AScanIsTakenUpFromItsToken) {
  Fill(30);
  api::ScanSpec spec;
  spec.__set_row_limit(25);
  std::string token;
  std::vector<std::string> seen;
  for (bool done = false; !done;) {
    const int64_t scanner = connection_->resumable_scan_open(ns_, "t", spec, token);
    own::ScanBatch batch;
    connection_->resumable_scan_next(batch, scanner, 1);
    connection_->close_scanner(scanner);
    PackedCellsReader reader(batch.cells);
    PackedCell cell;
    while (reader.Next(&cell)) seen.push_back(std::string(cell.row) + " " + std::string(cell.family));
    token = batch.token;
    done = batch.done;
    ASSERT_LE(seen.size(), 50);
  }
  EXPECT_EQ(seen.size(), 50);
  EXPECT_EQ(seen.back(), "r24 b");
  spec.__set_row_limit(24);
  EXPECT_EQ(CodeOf([&] { connection_->resumable_scan_open(ns_, "t", spec, token); }), 30) << "another scan's";
  EXPECT_EQ(CodeOf([&] { connection_->resumable_scan_open(ns_, "t", spec, "nonsense"); }), 30);
  own::MutatorOptions options;
  options.__set_durability(own::Durability::NONE);
  const int64_t mutator = connection_->mutator_open_with(ns_, "t", options);
  connection_->mutator_set_cell(mutator, MakeCell("d", "a", "", "v"));
  connection_->close_mutator(mutator);
  EXPECT_EQ(ValueOf("d", "a"), "v");
  own::HqlAnswer answer;
  connection_->hql_run(answer, ns_, "SELECT * FROM t WHERE ROW = 'd'", own::HqlOptions());
  EXPECT_EQ(PackedCellsReader(answer.cells).version(), 2);
}

}  // namespace
}  // namespace cellar::tests
