#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "client/cpp/index_plan.h"
#include "client/cpp/index_rebuild.h"
#include "client/cpp/index_scan.h"
#include "client/cpp/index_writes.h"
#include "client/cpp/mutate_row.h"
#include "model/evaluator.h"
#include "tests/sim/sim_client.h"
#include "tests/sim/sim_cluster.h"
#include "tests/support/random_cells.h"

namespace cellar::sim {
namespace {

using model::Cell;
using model::IndexKind;

constexpr Nanos kPatience = 60 * kSecond;
constexpr model::Revision kEverything{INT64_MAX};

/// A cluster in which nothing goes wrong, with one client.
class IndexWorld {
 public:
  explicit IndexWorld(uint64_t seed) : cluster_(seed, std::nullopt, nullptr) {
    client_ = std::make_unique<SimClient>(cluster_.machine(), "client1", seed);
    EXPECT_TRUE(cluster_.RunUntil([this] { return cluster_.AllUp(); }, cluster_.now() + kPatience));
  }

  template <typename T>
  T Run(Task<T> task) {
    return cluster_.scheduler().Run(client_->node(), std::move(task));
  }
  SimClient& client() { return *client_; }
  void Wait(Nanos time) {
    cluster_.RunUntil([] { return false; }, cluster_.now() + time);
  }
  SimTable Open(const std::string& path) { return Run(client_->OpenTable(path, kPatience)).value(); }

  std::vector<std::string> Names() {
    protocol::ListNamespaceRequest request;
    request.path = "/";
    const auto listed = Run(
        client_->core().AskMaster(&protocol::MasterStub::ListNamespace, std::move(request), client_->In(kPatience)));
    std::vector<std::string> names;
    for (const auto& entry : listed->entries) names.push_back(entry.name);
    return names;
  }

 private:
  SimCluster cluster_;
  std::unique_ptr<SimClient> client_;
};

std::string Describe(std::vector<Cell> cells) {
  std::string text;
  for (Cell& cell : cells) {
    cell.revision = model::Revision();
    text += cell.ToString() + "\n";
  }
  return text;
}

/// One random table with random indexes, whose every cell is known.
class RandomTable {
 public:
  RandomTable(IndexWorld& world, uint64_t seed) : world_(world), cells_(seed), path_("/t" + std::to_string(seed)) {}

  void Live() {
    Create();
    for (int step = 0; step < 60 && !testing::Test::HasFatalFailure(); ++step) {
      switch (cells_.random().Uniform(10)) {
        case 0:
          Compact();
          break;
        case 1:
          if (cells_.random().OneIn(2)) Alter();
          break;
        case 2:
        case 3:
        case 4:
          Compare();
          break;
        default:
          Write();
      }
    }
    ASSERT_TRUE(world_.Run(world_.client().DropTable(path_, kPatience)).ok());
  }

  uint64_t compared_by_index() const { return by_index_; }

 private:
  Nanos Now() { return world_.client().node().clock().WallNow(); }

  static bool HasCounter(const model::Schema& schema) {
    for (const model::ColumnFamily& family : schema.families()) {
      if (schema.rules(family.id).counter) return true;
    }
    return false;
  }

  void Create() {
    model::Schema schema = cells_.NewSchema();
    while (HasCounter(schema)) schema = cells_.NewSchema();
    model::SchemaDefinition definition = schema.definition();
    for (model::ColumnFamily& family : definition.families) {
      for (const IndexKind kind : model::kIndexKinds) family.has_index(kind) = !cells_.random().OneIn(3);
    }
    const Status created = world_.Run(world_.client().CreateTable(path_, std::move(definition), kPatience));
    ASSERT_TRUE(created.ok()) << created.ToString();
    table_ = world_.Open(path_);
  }

  /// ADD INDEX or DROP INDEX, and REBUILD INDICES now and then.
  void Alter() {
    if (cells_.random().OneIn(2)) {
      const Status rebuilt = world_.Run(world_.client().RebuildIndexes(path_, kPatience));
      ASSERT_TRUE(rebuilt.ok() || rebuilt.detail() == 0x60002) << rebuilt.ToString();
    } else {
      const auto& families = table_.schema->families();
      const model::ColumnFamily& family = families[cells_.random().Uniform(families.size())];
      const bool qualifier = cells_.random().OneIn(2);
      model::SchemaAlteration alteration;
      if (family.has_index(qualifier ? IndexKind::kQualifier : IndexKind::kValue)) {
        alteration = model::DropIndexes{qualifier, {family.name}};
      } else {
        model::AddToSchema add;
        (qualifier ? add.qualifier_indexes : add.value_indexes).push_back(family.name);
        alteration = std::move(add);
      }
      const Status altered = world_.Run(world_.client().AlterTable(table_, std::move(alteration), kPatience));
      ASSERT_TRUE(altered.ok()) << altered.ToString();
    }
    table_ = world_.Open(path_);
  }

  void Compact() {
    const int kind = static_cast<int>(cells_.random().Uniform(4));
    ASSERT_TRUE(world_.Run(world_.client().Compact(table_, kind, kPatience)).ok());
  }

  void Write() {
    std::vector<Cell> cells(1, NewCell());
    while (cells_.random().OneIn(2)) {
      Cell another = NewCell();
      another.row = cells.front().row;
      cells.push_back(std::move(another));
    }
    const auto written = world_.Run(world_.client().Mutate(table_, {}, cells, kPatience));
    ASSERT_TRUE(written.ok()) << written.status().ToString();
    int64_t revision = written->revision.get();
    for (Cell& cell : cells) history_.push_back(tests::Written(std::move(cell), model::Revision{revision++}));
  }

  Cell NewCell() {
    Cell cell = cells_.NewCell(*table_.schema, Now());
    const bool is_long = cell.flag == model::KeyFlag::kInsert && cells_.random().OneIn(12);
    if (is_long) cell.value = std::string(1010 + cells_.random().Uniform(30), 'v') + std::string(3500, 'w');
    return cell;
  }

  void Compare() {
    model::ScanSpec spec = cells_.NewSpec(*table_.schema, Now());
    while (spec.predicates.empty()) spec = cells_.NewSpec(*table_.schema, Now());
    const auto expected = model::Evaluate(*table_.schema, history_, spec, kEverything, Now());
    ASSERT_TRUE(expected.ok());
    const auto plain = world_.Run(
        client::ScanAll(world_.client().core().scans(), table_.id, table_.schema, spec, world_.client().In(kPatience)));
    const auto later = model::Evaluate(*table_.schema, history_, spec, kEverything, Now() + kSecond);
    if (*later != *expected) return;  // something expires about now
    ASSERT_TRUE(plain.ok()) << plain.status().ToString();
    ASSERT_EQ(Describe(*plain), Describe(*expected));
    const auto plan = client::PlanIndexes(*table_.schema, spec);
    if (!plan) return;
    ++by_index_;
    const size_t budgets[] = {1, 700, client::IndexRows::kDefaultBudgetBytes};
    const size_t budget = budgets[cells_.random().Uniform(3)];
    client::IndexScan scan(world_.client().core(), table_.id, table_.schema, spec, budget);
    const auto found = world_.Run(client::ReadAll(scan, world_.client().In(kPatience)));
    ASSERT_TRUE(found.ok()) << found.status().ToString();
    ASSERT_EQ(Describe(*found), Describe(*expected)) << plan->ToString(*table_.schema) << "\nhistory:\n"
                                                     << Describe(history_);
  }

  IndexWorld& world_;
  tests::RandomCells cells_;
  const std::string path_;
  SimTable table_;
  std::vector<Cell> history_;
  uint64_t by_index_ = 0;
};

/// CELLAR_INDEX_TABLES=500 tries that many.
uint64_t TableCount() {
  const char* wanted = std::getenv("CELLAR_INDEX_TABLES");
  return wanted == nullptr ? 100 : std::strtoull(wanted, nullptr, 10);
}

TEST(IndexTest, ScansByIndexes_AnswerAsThoseWithout) {
  constexpr uint64_t kTablesOfWorld = 50;
  uint64_t compared = 0;
  for (uint64_t first = 1; first <= TableCount(); first += kTablesOfWorld) {
    IndexWorld world(first);
    for (uint64_t seed = first; seed < first + kTablesOfWorld; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      RandomTable table(world, seed);
      table.Live();
      ASSERT_FALSE(HasFatalFailure());
      compared += table.compared_by_index();
    }
    EXPECT_EQ(world.Names(), (std::vector<std::string>{"sys", "tmp"})) << "index tables go with their table";
  }
  EXPECT_GT(compared, 5 * TableCount());
}

/// One small table, /t, with families a and b, and what happens around its indexes.
class IndexLifeTest : public testing::Test {
 protected:
  void Create(bool value_index, bool qualifier_index = false) {
    model::SchemaDefinition definition;
    definition.families.emplace_back().name = "a";
    definition.families.emplace_back().name = "b";
    definition.families[0].options.max_versions = 1;
    definition.families[0].value_index = value_index;
    definition.families[0].qualifier_index = qualifier_index;
    const Status created = world_.Run(world_.client().CreateTable("/t", std::move(definition), kPatience));
    ASSERT_TRUE(created.ok()) << created.ToString();
    table_ = world_.Open("/t");
  }
  Status Write(std::vector<Cell> cells) {
    SimWriter writer(world_.client());
    return world_.Run(writer.Write(table_, std::move(cells), kPatience));
  }
  Status Put(const std::string& row, const std::string& value) {
    return Write({Insert(row, table_.family("a"), "q", value)});
  }
  Status Alter(model::SchemaAlteration alteration) {
    return world_.Run(world_.client().AlterTable(table_, std::move(alteration), kPatience));
  }
  static model::SchemaAlteration AddIndex() {
    model::AddToSchema add;
    add.value_indexes = {"a"};
    return add;
  }
  Status Rebuild() { return world_.Run(world_.client().RebuildIndexes("/t", kPatience)); }
  void CompactAll(const SimTable& table) {
    constexpr int kMajor = 1;
    ASSERT_TRUE(world_.Run(world_.client().Compact(table, kMajor, kPatience)).ok());
    world_.Wait(10 * kSecond);
  }

  static model::ScanSpec Holding(const std::string& value) {
    model::ScanSpec spec;
    spec.predicates =
        model::PredicateTree(model::ColumnPredicate("a", {}, model::ColumnPredicate::Value::kExact, value));
    return spec;
  }
  /// The rows with this value; "!" and the error.
  std::string Find(const std::string& value) { return RowsOf(table_, Holding(value)); }
  std::string RowsOf(const SimTable& table, model::ScanSpec spec) {
    const auto cells = world_.Run(world_.client().Scan(table, std::move(spec), kPatience));
    if (!cells.ok()) return "!" + cells.status().ToString();
    std::string rows;
    for (const Cell& cell : *cells) rows += cell.row + ";";
    return rows;
  }
  std::string Entries() { return RowsOf(world_.Open("/^t"), model::ScanSpec()); }
  bool UsesIndex() const { return client::PlanIndexes(*table_.schema, Holding("v")).has_value(); }

  IndexWorld world_{77};
  SimTable table_;
};

TEST_F(IndexLifeTest, AnIndexFromTheStart_IsUsedAtOnce) {
  Create(true);
  EXPECT_TRUE(UsesIndex());
  ASSERT_TRUE(Put("1", "v").ok());
  ASSERT_TRUE(Put("2", "w").ok());
  ASSERT_TRUE(Put("3", "v").ok());
  EXPECT_EQ(Find("v"), "1;3;");
  EXPECT_EQ(Entries(), "1,v\tq\t1;1,v\tq\t3;1,w\tq\t2;");
  ASSERT_TRUE(Put("1", "w").ok());
  EXPECT_EQ(Find("v"), "3;") << "the old entry is stale";
  EXPECT_EQ(Find("w"), "1;2;");
}

TEST_F(IndexLifeTest, MutationsOnConditions_AreFoundWhenTheyWereApplied) {
  Create(true, true);
  const client::RowCondition absent(table_.family("a"), "q", client::RowCondition::Expectation::kAbsent);
  const auto mutate = [this, &absent](const std::string& value) {
    std::vector<Cell> cells(1, Insert("1", table_.family("a"), "q", value));
    const auto outcome = world_.Run(world_.client().Mutate(table_, {absent}, std::move(cells), kPatience));
    return outcome.ok() && outcome->applied;
  };
  EXPECT_TRUE(mutate("v"));
  EXPECT_FALSE(mutate("w"));
  EXPECT_EQ(Entries(), "1,v\tq\t1;1,w\tq\t1;") << "the refused one's is stale";
  EXPECT_EQ(Find("v"), "1;");
  EXPECT_EQ(Find("w"), "");
  EXPECT_EQ(RowsOf(world_.Open("/^^t"), model::ScanSpec()), "1,q\t1;");
  world_.Wait(700 * kSecond);
  EXPECT_EQ(Find("w"), "");
  EXPECT_EQ(Entries(), "1,v\tq\t1;") << "removed by who found nothing behind it";
}

TEST_F(IndexLifeTest, WhoeverHasTheOldSchema_WritesEntriesOnceTheIndexIsThere) {
  Create(false);
  ASSERT_TRUE(Put("1", "v").ok());
  const SimTable before = table_;
  ASSERT_TRUE(Alter(AddIndex()).ok());
  ASSERT_TRUE(Put("2", "v").ok());
  EXPECT_EQ(Entries(), "1,v\tq\t2;") << "by the schema that it met on the way";
  table_ = world_.Open("/t");
  EXPECT_FALSE(UsesIndex()) << "it lacks what was there before";
  EXPECT_EQ(Find("v"), "1;2;");
  ASSERT_TRUE(Rebuild().ok());
  EXPECT_EQ(Entries(), "1,v\tq\t1;1,v\tq\t2;");
  ASSERT_TRUE(Put("3", "v").ok());
  EXPECT_EQ(Entries(), "1,v\tq\t1;1,v\tq\t2;1,v\tq\t3;") << "in the new table";
  table_ = before;
  const std::vector<Cell> mutated(1, Insert("4", table_.family("a"), "q", "v"));
  EXPECT_TRUE(world_.Run(world_.client().Mutate(table_, {}, mutated, kPatience)).ok());
  EXPECT_EQ(RowsOf(before, Holding("v")), "1;2;3;4;");
  table_ = world_.Open("/t");
  EXPECT_TRUE(UsesIndex());
  EXPECT_EQ(Find("v"), "1;2;3;4;");
}

TEST_F(IndexLifeTest, WhoeverReliesOnAnIndexThatWasDropped_GoesOnWithoutIt) {
  Create(true);
  ASSERT_TRUE(Put("1", "v").ok());
  const SimTable before = table_;
  ASSERT_TRUE(Alter(model::DropIndexes{false, {"a"}}).ok());
  table_ = world_.Open("/t");
  ASSERT_TRUE(Put("2", "v").ok());
  EXPECT_EQ(Find("v"), "1;2;");
  EXPECT_EQ(RowsOf(before, Holding("v")), "1;2;");
  EXPECT_EQ(RowsOf(before, Holding("x")), "");
}

TEST_F(IndexLifeTest, AScanThatLosesItsIndexHalfWay_GoesOnWithoutIt) {
  Create(true);
  std::string all;
  for (int i = 100; i < 140; ++i) {
    ASSERT_TRUE(Put(std::to_string(i), i % 2 == 0 ? "v" : "w").ok());
    if (i % 2 == 0) all += std::to_string(i) + ";";
  }
  for (const bool rebuilds : {true, false}) {
    constexpr size_t kSmallBudget = 400;
    model::ScanSpec spec = Holding("v");
    spec.row_limit = 15;
    client::IndexScan scan(world_.client().core(), table_.id, table_.schema, spec, kSmallBudget);
    const auto block = world_.Run(scan.Next(world_.client().In(kPatience)));
    ASSERT_TRUE(block.ok() && block->has_value());
    auto cells = model::DecodeScanBlock(**block);
    ASSERT_TRUE(cells.ok() && cells->size() < 15);
    ASSERT_TRUE((rebuilds ? Rebuild() : Alter(model::DropIndexes{false, {"a"}})).ok());
    const auto rest = world_.Run(client::ReadAll(scan, world_.client().In(kPatience)));
    ASSERT_TRUE(rest.ok()) << rest.status().ToString();
    std::string rows;
    for (const Cell& cell : *cells) rows += cell.row + ";";
    for (const Cell& cell : *rest) rows += cell.row + ";";
    EXPECT_EQ(rows, all.substr(0, 15 * 4)) << "limits run through";
    table_ = world_.Open("/t");
  }
}

TEST_F(IndexLifeTest, Rebuild_FindsWhatIsHiddenToo) {
  Create(false);
  ASSERT_TRUE(Put("1", "old").ok());
  ASSERT_TRUE(Put("1", "new").ok());
  ASSERT_TRUE(Alter(AddIndex()).ok());
  ASSERT_TRUE(Rebuild().ok());
  EXPECT_EQ(Entries(), "1,new\tq\t1;1,old\tq\t1;");
  table_ = world_.Open("/t");
  EXPECT_EQ(Find("old"), "");
  EXPECT_EQ(Find("new"), "1;");
  model::ModifySchema modify;
  modify.families.emplace_back().name = "a";
  ASSERT_TRUE(Alter(modify).ok());
  table_ = world_.Open("/t");
  EXPECT_TRUE(UsesIndex());
  EXPECT_EQ(Find("old"), "1;1;") << "two versions, since all are kept";
}

TEST_F(IndexLifeTest, ARebuildThatIsEnded_LeavesIndexesThatNobodyReads_UntilTheNextOne) {
  Create(true);
  for (const char* row : {"1", "2", "3"}) ASSERT_TRUE(Put(row, "v").ok());
  CompactAll(table_);
  std::vector<client::IndexRebuildProgress> told;
  const auto rebuild = [this, &told](size_t ends_at) {
    told.clear();
    const auto watch = [&told, ends_at](const client::IndexRebuildProgress& progress) {
      told.push_back(progress);
      return told.size() == ends_at ? common::Cancelled("enough") : common::OkStatus();
    };
    return world_.Run(client::RebuildIndexes(world_.client().core(), "/t", {IndexKind::kValue}, kPatience, watch));
  };
  for (const size_t ends_at : {1, 2}) {
    EXPECT_TRUE(rebuild(ends_at).Is(StatusCode::kCancelled));
    EXPECT_EQ(told.size(), ends_at);
    table_ = world_.Open("/t");
    EXPECT_FALSE(UsesIndex());
    EXPECT_EQ(Find("v"), "1;2;3;");
  }
  ASSERT_TRUE(Put("4", "v").ok());
  ASSERT_TRUE(rebuild(0).ok());
  ASSERT_GE(told.size(), 2u);
  EXPECT_EQ(told.front().cell_count, 0u) << "it has begun";
  EXPECT_EQ(told.back().cell_count, 4u);
  EXPECT_EQ(told.back().block_count, 1u) << "the fourth cell is in none";
  EXPECT_EQ(told.back().blocks_read, 1u);
  table_ = world_.Open("/t");
  EXPECT_TRUE(UsesIndex());
  EXPECT_EQ(Find("v"), "1;2;3;4;");
}

TEST_F(IndexLifeTest, StaleEntries_GoWithTheReaderWhenTheirCellsAreGone) {
  Create(true);
  ASSERT_TRUE(Put("1", "v").ok());
  ASSERT_TRUE(Put("2", "v").ok());
  ASSERT_TRUE(Write({Delete(model::KeyFlag::kDeleteRow, "1", model::FamilyId(), "")}).ok());
  world_.Wait(700 * kSecond);
  EXPECT_EQ(Find("v"), "2;");
  EXPECT_EQ(Entries(), "1,v\tq\t1;1,v\tq\t2;") << "its cell is hidden, and still stored";
  CompactAll(table_);
  EXPECT_EQ(Find("v"), "2;");
  EXPECT_EQ(Entries(), "1,v\tq\t2;");
  ASSERT_TRUE(Put("1", "v").ok());
  EXPECT_EQ(Find("v"), "1;2;") << "and may come again";
}

TEST_F(IndexLifeTest, AnEntryWhoseCellMayStillCome_Stays) {
  Create(true);
  client::EntryFrames entries(table_.schema);
  entries.Add(Insert("1", table_.family("a"), "q", "v").view());
  client::ClientCore& core = world_.client().core();
  const auto takes_until = world_.Run(client::WriteEntries(core, entries.Build(), world_.client().In(kPatience)));
  ASSERT_TRUE(takes_until.ok() && takes_until->has_value());
  world_.Wait(590 * kSecond);
  EXPECT_EQ(Find("v"), "");
  EXPECT_EQ(Entries(), "1,v\tq\t1;") << "young enough to have a cell on its way";
  world_.Wait(110 * kSecond);
  EXPECT_EQ(Find("v"), "");
  EXPECT_EQ(Entries(), "") << "old enough not to";
  EXPECT_LE(**takes_until, world_.client().node().clock().WallNow()) << "and refused, should it come";
}

}  // namespace
}  // namespace cellar::sim
