#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/random/random.h"
#include "tests/gateway/api_methods.h"
#include "tests/gateway/gateway_world.h"
#include "tests/gateway/wire_value.h"
#include "thrift/packed/packed_cells.h"

// Every method of the API, called wrongly in every way that its arguments allow: each gets its code, nothing is left
// behind, and the gateway serves on. What is wrong follows from an argument's type, so that a new method is covered by
// its line in api.table.

namespace cellar::tests {
namespace {

using std::string_literals::operator""s;
using testing::IsEmpty;

namespace wire = ::apache::thrift::protocol;

constexpr char kTable[] = "t";

api::Cell CellOf(const std::string& row, const std::string& family, const std::string& value = "v") {
  api::Cell cell;
  cell.key.row = row;
  cell.key.column_family = family;
  cell.__set_value(value);
  return cell;
}

std::string Packed(int32_t version, const std::string& row, const std::string& family) {
  thrift::PackedCellsWriter writer(version);
  thrift::PackedCell cell;
  cell.row = row;
  cell.family = family;
  CHECK(writer.Add(cell).ok());
  return writer.Finish();
}

/// An argument that is wrong by itself, and the code for it.
struct Wrong {
  std::string what;
  WireValue value;
  int32_t code = 0;
};

// ---- What is wrong, by type

std::vector<std::pair<std::string, api::Cell>> WrongCells() {
  std::vector<std::pair<std::string, api::Cell>> wrong = {
      {"no row", CellOf("", "a")},
      {"no family", CellOf("r", "")},
      {"unknown family", CellOf("r", "none")},
      {"a row too long", CellOf(std::string(65 << 10, 'r'), "a")},
      {"no counter", CellOf("r", "count", "many")},
      {"a value too long", CellOf("r", "a", std::string(17 << 20, 'v'))}};
  api::Cell cell = CellOf("r", "a");
  cell.key.flag = static_cast<api::KeyFlag::type>(7);
  wrong.emplace_back("unknown flag", cell);
  cell = CellOf("r", "a");
  cell.key.flag = api::KeyFlag::DELETE_CELL_VERSION;
  wrong.emplace_back("a version without timestamp", cell);
  cell = CellOf("r", "a");
  cell.key.__set_timestamp(std::numeric_limits<int64_t>::min() + 1);
  wrong.emplace_back("the null timestamp", cell);
  cell = CellOf("r", "a");
  cell.key.column_qualifier = std::string(65 << 10, 'q');
  wrong.emplace_back("a qualifier too long", cell);
  return wrong;
}

std::vector<std::pair<std::string, std::vector<std::string>>> WrongArrays() {
  return {{"no items", {}},
          {"no row", {"", "a", "", "v"}},
          {"a row alone", {"r"}},
          {"no family", {"r", "", "", "v"}},
          {"unknown family", {"r", "none", "", "v"}},
          {"a timestamp that is none", {"r", "a", "", "v", "12x"}},
          {"a revision that is none", {"r", "a", "", "v", "1", ""}},
          {"a flag that is none", {"r", "a", "", "v", "1", "2", "7"}},
          {"too many items", {"r", "a", "", "v", "1", "2", "255", "8"}},
          {"no counter", {"r", "count", "", "1.5"}}};
}

std::vector<Wrong> WrongPacked() {
  const std::string good = Packed(thrift::kPackedVersion1, "r", "a");
  const std::string good2 = Packed(thrift::kPackedVersion2, "r", "a");
  std::string no_row = Packed(thrift::kPackedVersion1, "r", "a");
  no_row.erase(no_row.find('r'), 1);
  return {{"nothing", WireBytes(""), 0x80001},
          {"version 9", WireBytes("\x09\0\0\0\x01"s), 0x80004},
          {"cut", WireBytes(good.substr(0, good.size() - 3)), 0x80001},
          {"cut, version 2", WireBytes(good2.substr(0, good2.size() - 30)), 0x80001},
          {"a value longer than all", WireBytes("\x01\0\0\0\x20r\0a\0\0\xff\xff\xff\x7f"s), 0x80001},
          {"bytes after the end", WireBytes(good + "x"), 55},
          {"no first row", WireBytes(no_row), 55},
          {"unknown family", WireBytes(Packed(thrift::kPackedVersion1, "r", "none")), 9},
          {"unknown family, version 2", WireBytes(Packed(thrift::kPackedVersion2, "r", "none")), 9}};
}

api::ColumnPredicate PredicateOf(const std::string& family, int32_t operation) {
  api::ColumnPredicate predicate;
  if (!family.empty()) predicate.__set_column_family(family);
  predicate.operation = operation;
  predicate.__set_value("v");
  return predicate;
}

std::vector<Wrong> WrongSpecs() {
  std::vector<Wrong> wrong;
  const auto add = [&wrong](const std::string& what, int32_t code, const std::function<void(api::ScanSpec&)>& change) {
    api::ScanSpec spec;
    change(spec);
    wrong.push_back({what, WireStruct(spec), code});
  };
  const auto rows = [](const std::string& start, const std::string& end, bool inclusive) {
    api::RowInterval interval;
    interval.__set_start_row(start);
    interval.__set_end_row(end);
    interval.__set_start_inclusive(inclusive);
    interval.__set_end_inclusive(inclusive);
    return std::vector<api::RowInterval>{interval};
  };
  using Spec = api::ScanSpec;
  using Operation = api::ColumnPredicateOperation;
  add("unknown family", 0x5000A, [](Spec& s) { s.__set_columns({"none"}); });
  add("unknown family, bytes", 0x5000A, [](Spec& s) { s.__set_columns_binary({"none:x"}); });
  add("unknown family in a predicate", 0x5000A,
      [](Spec& s) { s.__set_column_predicates({PredicateOf("none", Operation::EXACT_MATCH)}); });
  add("no family", 30, [](Spec& s) { s.__set_columns({":x"}); });
  add("reversed rows", 30, [&](Spec& s) { s.__set_row_intervals(rows("b", "a", true)); });
  add("an empty interval", 30, [&](Spec& s) { s.__set_row_intervals(rows("a", "a", false)); });
  add("rows and cells", 30, [&](Spec& s) {
    s.__set_row_intervals(rows("a", "b", true));
    s.__set_cell_intervals({api::CellInterval()});
  });
  add("reversed cells", 30, [](Spec& s) {
    api::CellInterval interval;
    interval.__set_start_row("b");
    interval.__set_end_row("a");
    s.__set_cell_intervals({interval});
  });
  add("negative versions", 30, [](Spec& s) { s.__set_versions(-1); });
  add("negative row_limit", 30, [](Spec& s) { s.__set_row_limit(-1); });
  add("negative cell_limit", 30, [](Spec& s) { s.__set_cell_limit(-1); });
  add("negative cell_limit_per_family", 30, [](Spec& s) { s.__set_cell_limit_per_family(-1); });
  add("negative row_offset", 30, [](Spec& s) { s.__set_row_offset(-1); });
  add("negative cell_offset", 30, [](Spec& s) { s.__set_cell_offset(-1); });
  add("both offsets", 30, [](Spec& s) {
    s.__set_row_offset(1);
    s.__set_cell_offset(1);
  });
  add("row_regexp", 30, [](Spec& s) { s.__set_row_regexp("("); });
  add("value_regexp", 30, [](Spec& s) { s.__set_value_regexp("[z-a]"); });
  add("qualifier's regexp", 30, [](Spec& s) { s.__set_columns({"a:/*/"}); });
  add("a predicate without family", 30,
      [](Spec& s) { s.__set_column_predicates({PredicateOf("", Operation::EXACT_MATCH)}); });
  add("a predicate without operation", 30, [](Spec& s) { s.__set_column_predicates({PredicateOf("a", 0)}); });
  add("an unknown operation", 30, [](Spec& s) { s.__set_column_predicates({PredicateOf("a", 0x8000)}); });
  add("two operations", 30, [](Spec& s) { s.__set_column_predicates({PredicateOf("a", 3)}); });
  add("two operations on the qualifier", 30, [](Spec& s) { s.__set_column_predicates({PredicateOf("a", 768)}); });
  add("33 predicates", 30,
      [](Spec& s) { s.__set_column_predicates(std::vector<api::ColumnPredicate>(33, PredicateOf("a", 1))); });
  add("packed cells of version 3", 56, [](Spec& s) { s.__set_cells_version(3); });
  return wrong;
}

std::vector<Wrong> WrongSchemas() {
  std::vector<Wrong> wrong;
  const auto add = [&wrong](const std::string& what, int32_t code, const std::function<void(api::Schema&)>& change) {
    api::Schema schema;
    schema.column_families["c"].name = "c";
    schema.__isset.column_families = true;
    schema.__set_generation(1);  // of the table, for table_alter
    change(schema);
    wrong.push_back({what, WireStruct(schema), code});
  };
  const auto group = [](api::Schema& schema) -> api::AccessGroupSpec& {
    schema.__isset.access_groups = true;
    api::AccessGroupSpec& spec = schema.access_groups["g"];
    spec.name = "g";
    spec.__isset.options = true;
    return spec;
  };
  using Schema = api::Schema;
  const auto options = [](Schema& schema) -> api::ColumnFamilyOptions& {
    schema.column_families["c"].__isset.options = true;
    return schema.column_families["c"].options;
  };
  add("unknown access group", 7, [](Schema& s) { s.column_families["c"].access_group = "none"; });
  add("a family without name", 7, [](Schema& s) { s.column_families["c"].name = ""; });
  add("a name that is none", 7, [](Schema& s) { s.column_families["c"].name = "c d"; });
  add("one name twice", 7, [](Schema& s) { s.column_families["d"].name = "c"; });
  add("a group's name that is none", 7, [&](Schema& s) { group(s).name = "g:"; });
  add("negative max_versions", 7, [&](Schema& s) { options(s).__set_max_versions(-1); });
  add("negative ttl", 7, [&](Schema& s) { options(s).__set_ttl(-1); });
  add("a family id too large", 7, [](Schema& s) { s.column_families["c"].__set_id(256); });
  add("negative block size", 7, [&](Schema& s) { group(s).options.__set_blocksize(-1); });
  add("a block size too large", 7, [&](Schema& s) { group(s).options.__set_blocksize(1 << 30); });
  add("negative replication", 7, [&](Schema& s) { group(s).options.__set_replication(-2); });
  add("unknown compressor", 7, [&](Schema& s) { group(s).options.__set_compressor("zip"); });
  add("unknown Bloom filter", 7, [&](Schema& s) { group(s).options.__set_bloom_filter("columns"); });
  add("negative commit interval", 7, [](Schema& s) { s.__set_group_commit_interval(-1); });
  add("a counter with versions", 61, [&](Schema& s) {
    options(s).__set_counter(true);
    options(s).__set_max_versions(2);
  });
  add("a counter with an index", 61, [&](Schema& s) {
    options(s).__set_counter(true);
    s.column_families["c"].value_index = true;
  });
  return wrong;
}

std::vector<Wrong> WrongStatements() {
  std::vector<Wrong> wrong;
  for (const auto& [statement, code] :
       std::map<std::string, int32_t>{{"", 11},
                                      {"SHOW TABLES;", 11},
                                      {"SHOW TABLES; SHOW TABLES", 11},
                                      {"\xff\0"s, 11},
                                      {"USE sys", 41},
                                      {"SELECT * FROM none", 22},
                                      {"SELECT none FROM t", 0x5000A},
                                      {"DROP TABLE none", 22},
                                      {"CREATE TABLE t (a)", 39},
                                      {"CREATE NAMESPACE 'no/where'", 40},
                                      {"INSERT INTO t VALUES ('', 'a', 'v')", 9},
                                      {"INSERT INTO t VALUES ('r', 'none', 'v')", 9},
                                      {"SELECT * FROM t INTO FILE '/etc/x'", 44},
                                      {"LOAD DATA INFILE '/etc/passwd' INTO TABLE t", 44},
                                      {"DUMP TABLE t INTO FILE 'x'", 44}}) {
    wrong.push_back({"statement '" + statement + "'", WireBytes(statement), code});
  }
  return wrong;
}

std::vector<Wrong> WrongConditions() {
  std::vector<Wrong> wrong;
  const auto add = [&wrong](const std::string& what, int32_t code, const std::string& family, int operation) {
    own::CellCondition condition;
    condition.column_family = family;
    condition.operation = static_cast<own::CompareOperation::type>(operation);
    condition.__set_value("1");
    wrong.push_back({what, WireList(wire::T_STRUCT, {WireStruct(condition)}), code});
  };
  add("a condition on an unknown family", 9, "none", own::CompareOperation::EQUAL);
  add("an unknown comparison", 56, "a", 99);
  add("a counter's prefix", 30, "count", own::CompareOperation::PREFIX);
  return wrong;
}

/// All that is wrong of a type, whatever the method; ids and names depend on it.
std::map<std::string, std::vector<Wrong>> WrongByType() {
  std::map<std::string, std::vector<Wrong>> wrong;
  const WireValue good_cell = WireStruct(CellOf("r", "a"));
  for (const auto& [what, cell] : WrongCells()) {
    wrong["Cell"].push_back({what, WireStruct(cell), 9});
    if (cell.value.size() > 100) continue;  // the smaller ones in lists, too
    wrong["list<Cell>"].push_back({what, WireList(wire::T_STRUCT, {good_cell, WireStruct(cell)}), 9});
  }
  const WireValue good_array = WireTexts({"r", "a", "", "v"});
  for (const auto& [what, array] : WrongArrays()) {
    wrong["CellAsArray"].push_back({what, WireTexts(array), 9});
    wrong["list<CellAsArray>"].push_back({what, WireList(wire::T_LIST, {good_array, WireTexts(array)}), 9});
  }
  wrong["CellsSerialized"] = WrongPacked();
  wrong["ScanSpec"] = WrongSpecs();
  wrong["Schema"] = WrongSchemas();
  wrong["list<CellCondition>"] = WrongConditions();
  for (const auto& [what, family, row, code] : std::vector<std::tuple<std::string, std::string, std::string, int32_t>>{
           {"no row", "unique", "", 9},
           {"unknown family", "none", "r", -1},
           {"not of TIME_ORDER DESC", "a", "r", 30}}) {
    api::Key key;
    key.row = row;
    key.column_family = family;
    wrong["Key"].push_back({what, WireStruct(key), code});
  }
  own::MutatorOptions options;
  options.__set_durability(static_cast<own::Durability::type>(17));
  wrong["MutatorOptions"].push_back({"unknown durability", WireStruct(options), 56});
  return wrong;
}

// ---- The test

struct BadCall {
  std::string method;
  std::string what;
  WireArguments arguments;
  int32_t code = 0;
};

class GatewayRefusalsTest : public testing::Test {
 protected:
  void SetUp() override {
    client_->create_namespace("space");
    client_->create_namespace("space/inner");
    ids_["Namespace"] = client_->open_namespace("space");
    api::Schema schema;
    for (const char* family : {"a", "count", "unique"}) schema.column_families[family].name = family;
    schema.column_families["count"].options.__set_counter(true);
    schema.column_families["count"].__isset.options = true;
    schema.column_families["unique"].options.__set_time_order_desc(true);
    schema.column_families["unique"].__isset.options = true;
    schema.__isset.column_families = true;
    client_->table_create(ns(), kTable, schema);
    client_->set_cell(ns(), kTable, CellOf("r", "a"));
    ids_["Scanner"] = client_->open_scanner(ns(), kTable, api::ScanSpec());
    ids_["Mutator"] = client_->open_mutator(ns(), kTable, 0, 0);
    ids_["Future"] = client_->open_future(0);
    ids_["ScannerAsync"] = client_->open_scanner_async(ns(), kTable, ids_["Future"], api::ScanSpec());
    ids_["MutatorAsync"] = client_->open_mutator_async(ns(), kTable, ids_["Future"], 0);
  }

  int64_t ns() { return ids_["Namespace"]; }
  int64_t objects() { return world_.gateway().counts().objects; }

  /// What is right there, so that a call fails for what else is wrong.
  WireValue Right(const ApiMethod& method, const ApiArgument& argument) {
    const std::string& type = argument.type;
    if (const auto id = ids_.find(type); id != ids_.end()) return WireI64(id->second);
    if (type == "bool") return WireBool(false);
    if (type == "i32") return WireI32(0);
    if (type == "i64") return WireI64(1);
    if (type == "Cell") return WireStruct(CellOf("r", "a"));
    if (type == "list<Cell>") return WireList(wire::T_STRUCT, {WireStruct(CellOf("r", "a"))});
    if (type == "CellAsArray") return WireTexts({"r", "a", "", "v"});
    if (type == "list<CellAsArray>") return WireList(wire::T_LIST, {WireTexts({"r", "a", "", "v"})});
    if (type == "CellsSerialized") return WireBytes(Packed(thrift::kPackedVersion2, "r", "a"));
    if (type == "list<CellCondition>") return WireList(wire::T_STRUCT, {});
    if (type == "ScanSpec") return WireStruct(api::ScanSpec());
    if (type == "Schema") return WireStruct(api::Schema());
    if (type == "MutateSpec") return WireStruct(api::MutateSpec());
    if (type == "MutatorOptions") return WireStruct(own::MutatorOptions());
    if (type == "HqlOptions") return WireStruct(own::HqlOptions());
    if (type == "Key") return WireStruct(CellOf("r", "unique").key);
    CHECK(type == "string" || type == "binary");
    if (argument.id == 1) return WireBytes("space/inner");
    if (method.IsOfTable()) return WireBytes(argument.id == 2 ? kTable : method.Takes(4, "string") ? "a" : "");
    return WireBytes("SHOW TABLES");
  }

  WireArguments RightArguments(const ApiMethod& method) {
    WireArguments arguments;
    for (const ApiArgument& argument : method.arguments) {
      arguments.emplace_back(argument.id, Right(method, argument));
      // A row, or a table's new name.
      if (method.TakesText(3) && argument.id == 3 && !method.IsOfHql()) arguments.back().second = WireBytes("r");
    }
    return arguments;
  }

  /// `method` with one argument wrong.
  void Add(const ApiMethod& method, int16_t id, Wrong wrong) {
    BadCall call{method.name, "argument " + std::to_string(id) + ": " + wrong.what, RightArguments(method), wrong.code};
    for (auto& [argument_id, value] : call.arguments) {
      if (argument_id == id) value = std::move(wrong.value);
    }
    calls_.push_back(std::move(call));
  }

  void AddIds(const ApiMethod& method) {
    static const std::map<std::string, int32_t> codes = {{"Namespace", 0x90003},    {"Scanner", 0x90001},
                                                         {"ScannerAsync", 0x90001}, {"Mutator", 0x90002},
                                                         {"MutatorAsync", 0x90002}, {"Future", 0x90004}};
    for (const ApiArgument& argument : method.arguments) {
      const auto code = codes.find(argument.type);
      if (code == codes.end()) continue;
      for (const auto& [kind, id] : ids_) {
        if (kind == argument.type) continue;
        Add(method, argument.id, {"the id of a " + kind, WireI64(id), code->second});
      }
      const int64_t good = ids_[argument.type];
      for (const int64_t id : {int64_t{0}, int64_t{-1}, good + 8, good + (int64_t{1} << 40),
                               std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
        Add(method, argument.id, {"id " + std::to_string(id), WireI64(id), code->second});
      }
    }
  }

  void AddNames(const ApiMethod& method) {
    if (method.Takes(1, "string")) {
      const bool creates = method.name.find("create") != std::string::npos;
      const bool asks = method.name.find("exists") != std::string::npos;
      if (asks) return;
      Add(method, 1, {"not there", WireBytes("no/where"), 40});
      Add(method, 1, {"a table", WireBytes("space/t"), creates ? 39 : 41});
      if (creates) Add(method, 1, {"there", WireBytes("space"), 42});
      if (method.Takes(2, "bool")) {
        Add(method, 1, {"not empty", WireBytes("space"), 0x30013});
        Add(method, 1, {"the system's", WireBytes("sys"), 57});
      }
    }
    const bool asks = method.name == "exists_table" || method.name == "table_exists";
    if (!method.IsOfTable() || asks) return;
    if (method.name == "table_create") {
      Add(method, 2, {"there", WireBytes(kTable), 39});
      Add(method, 2, {"a namespace", WireBytes("inner"), 39});
      Add(method, 2, {"below nothing", WireBytes("no/where"), 40});
      Add(method, 2, {"the namespace itself", WireBytes(""), 39});
    } else {
      Add(method, 2, {"not there", WireBytes("none"), 22});
      Add(method, 2, {"a namespace", WireBytes("inner"), 22});
      Add(method, 2, {"the namespace itself", WireBytes(""), 22});
    }
  }

  void AddTheRest(const ApiMethod& method, const std::map<std::string, std::vector<Wrong>>& by_type) {
    for (const ApiArgument& argument : method.arguments) {
      const auto found = by_type.find(argument.type);
      if (found == by_type.end()) continue;
      for (const Wrong& wrong : found->second) {
        // A resumable scan's cells are of version 2, whatever the spec says.
        if (wrong.code == 56 && method.name == "resumable_scan_open") continue;
        Add(method, argument.id, wrong);
      }
    }
    if (method.name == "table_alter") Add(method, 3, {"no generation", WireStruct(api::Schema()), 0x40008});
    if (method.IsOfHql()) {
      for (const Wrong& wrong : WrongStatements()) Add(method, 2, wrong);
    }
    const bool has_row =
        method.name.starts_with("get_row") || method.name == "get_cell" || method.service == "CellarService";
    if (has_row && method.TakesText(3)) {
      Add(method, 3, {"no row", WireBytes(""), 9});
      Add(method, 3, {"a row too long", WireBytes(std::string(65 << 10, 'r')), 9});
    }
    if (method.name == "get_cell") Add(method, 4, {"unknown family", WireBytes("none:x"), 0x5000A});
    if (method.name == "get_cell") Add(method, 4, {"no family", WireBytes(":x"), 30});
    if (method.name == "insert_if_absent") Add(method, 4, {"unknown family", WireBytes("none"), 9});
    if (method.name == "increment") Add(method, 4, {"unknown family", WireBytes("none"), 9});
    if (method.name == "increment") Add(method, 4, {"no counter", WireBytes("a"), 9});
    if (method.name == "resumable_scan_open") Add(method, 4, {"no token", WireBytes("nonsense"), 30});
    if (method.name == "resumable_scan_next") Add(method, 1, {"not resumable", WireI64(ids_["Scanner"]), 0x90001});
    if (method.name == "shutdown") calls_.push_back({method.name, "not allowed", {}, 44});
    if (method.name.starts_with("rename") || method.name.ends_with("rename")) {
      Add(method, 3, {"taken", WireBytes(kTable), 39});
      Add(method, 3, {"below nothing", WireBytes("no/where"), 40});
    }
  }

  std::vector<BadCall> BadCalls() {
    const auto by_type = WrongByType();
    for (const ApiMethod& method : ReadApiMethods()) {
      AddIds(method);
      AddNames(method);
      AddTheRest(method, by_type);
    }
    return std::move(calls_);
  }

  GatewayWorld world_;
  GatewayConnection client_{world_.port()};
  std::map<std::string, int64_t> ids_;
  std::vector<BadCall> calls_;
};

TEST_F(GatewayRefusalsTest, EachBadCallGetsItsCode_AndLeavesNothing) {
  const int64_t open = objects();
  std::set<std::string> refused;
  RawConnection connection(world_.port());
  const std::vector<BadCall> calls = BadCalls();
  EXPECT_GT(calls.size(), 2000U);
  for (const BadCall& call : calls) {
    const WireAnswer answer = CallWith(connection, call.method, EncodeArguments(call.arguments));
    EXPECT_EQ(answer.kind, WireAnswer::Kind::kRefusal) << call.method << ", " << call.what;
    EXPECT_EQ(answer.code, call.code) << call.method << ", " << call.what << ": " << answer.message;
    EXPECT_EQ(objects(), open) << call.method << ", " << call.what;
    refused.insert(call.method);
  }
  // Those that nothing can be wrong with.
  std::set<std::string> never;
  for (const ApiMethod& method : ReadApiMethods()) {
    if (!refused.contains(method.name)) never.insert(method.name);
  }
  EXPECT_THAT(never, testing::UnorderedElementsAre("namespace_exists", "exists_namespace", "future_open", "open_future",
                                                   "generate_guid", "error_get_text", "status", "server_version"));
  // What the client had open still works, and goes with it.
  client_->mutator_set_cell(ids_["Mutator"], CellOf("s", "a"));
  client_->mutator_close(ids_["Mutator"]);
  std::vector<api::Cell> cells;
  client_->next_cells(cells, ids_["Scanner"]);
  EXPECT_EQ(cells.size(), 1U);
}

TEST_F(GatewayRefusalsTest, AListWithABadCellIsNotWritten) {
  const api::Cell good = CellOf("good", "a");
  thrift::PackedCellsWriter writer(thrift::kPackedVersion2);
  thrift::PackedCell cell;
  cell.row = "good";
  for (const char* family : {"a", "none"}) {
    cell.family = family;
    ASSERT_TRUE(writer.Add(cell).ok());
  }
  EXPECT_EQ(CodeOf([&] { client_->set_cells(ns(), kTable, {good, CellOf("good", "none")}); }), 9);
  EXPECT_EQ(CodeOf([&] { client_->set_cells_as_arrays(ns(), kTable, {{"good", "a", "", "v"}, {"good"}}); }), 9);
  EXPECT_EQ(CodeOf([&] { client_->set_cells_serialized(ns(), kTable, writer.Finish()); }), 9);
  std::vector<api::Cell> cells;
  client_->get_row(cells, ns(), kTable, "good");
  EXPECT_THAT(cells, IsEmpty());
}

TEST_F(GatewayRefusalsTest, DamagedRequestsDoNoHarm) {
  SeededRandom random(29);
  auto connection = std::make_unique<RawConnection>(world_.port());
  for (const ApiMethod& method : ReadApiMethods()) {
    if (method.name == "shutdown") continue;
    const std::string good = EncodeArguments(RightArguments(method));
    for (int round = 0; round < 20; ++round) {
      std::string damaged = good;
      for (uint64_t flips = random.Uniform(4); flips > 0 && !damaged.empty(); --flips) {
        damaged[random.Uniform(damaged.size())] = static_cast<char>(random.Next());
      }
      if (random.OneIn(3)) damaged.resize(random.Uniform(damaged.size() + 1));
      const WireAnswer answer = CallWith(*connection, method.name, damaged);
      EXPECT_NE(answer.kind, WireAnswer::Kind::kClosed) << method.name << ": one that reads as a frame is answered";
      if (answer.kind == WireAnswer::Kind::kClosed) connection = std::make_unique<RawConnection>(world_.port());
    }
  }
  client_.Vanish();
  connection.reset();
  EXPECT_TRUE(Eventually([&] { return objects() == 0; })) << world_.gateway().StatusJson();
  GatewayConnection again(world_.port());
  api::Status status;
  again->status(status);
  EXPECT_EQ(status.code, 0);
}

}  // namespace
}  // namespace cellar::tests
