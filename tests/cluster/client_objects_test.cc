#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "client/cpp/include/resumable_scan.h"
#include "client/cpp/include/table_cache.h"
#include "common/time/manual_clock.h"
#include "model/error_codes.h"
#include "tests/cluster/in_process_cluster.h"
#include "tests/support/temporary_folder.h"

namespace cellar::tests {
namespace {

using client::ResumableScan;
using client::Table;
using client::TableCache;
using Rows = std::vector<std::string>;

/// Objects of the client that stand on a whole Cellar. Each test has the table `path_` with the families a and b.
class ClientObjectsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_.emplace("objects");
    cluster_ = InProcessCluster::Start(std::getenv("MINI_CLUSTER_EXECUTABLE"), folder_->path()).value();
    client_ = client::Client::Connect(cluster_->client_options()).value();
  }
  static void TearDownTestSuite() {
    client_.reset();
    cluster_.reset();
    folder_.reset();
  }

  void SetUp() override {
    path_ = std::string("/") + testing::UnitTest::GetInstance()->current_test_info()->name();
    ASSERT_TRUE(Create().ok());
  }
  Status Create() {
    model::SchemaDefinition definition;
    for (const char* name : {"a", "b"}) definition.families.emplace_back().name = name;
    return client_->CreateTable(path_, definition);
  }
  Status Add(const std::string& family) {
    model::AddToSchema add;
    add.families.emplace_back().name = family;
    return client_->AlterTable(path_, {add});
  }

  static std::optional<TemporaryFolder> folder_;
  static std::unique_ptr<InProcessCluster> cluster_;
  static std::unique_ptr<client::Client> client_;
  std::string path_;
};

std::optional<TemporaryFolder> ClientObjectsTest::folder_;
std::unique_ptr<InProcessCluster> ClientObjectsTest::cluster_;
std::unique_ptr<client::Client> ClientObjectsTest::client_;

// ---- A rebuild of indexes

TEST_F(ClientObjectsTest, ARebuildThatNobodyWaitsForAnyMore_TellsNobody_AndLeavesTheIndexUnused) {
  model::AddToSchema add;
  add.value_indexes.emplace_back("a");
  ASSERT_TRUE(client_->AlterTable(path_, {add}).ok());
  const auto table = client_->OpenTable(path_).value();
  const auto mutator = table->NewMutator();
  ASSERT_TRUE(mutator->Set("r", "a", "x", "v").ok());
  ASSERT_TRUE(mutator->Flush().ok());
  std::atomic<bool> returned = false;
  std::atomic<int> calls_after = 0;
  const auto watch = [&](const client::IndexRebuildProgress&) {
    if (returned) ++calls_after;
    client_->CancelCalls();  // as the shell does for Ctrl-C, while the rebuild is under way
    return common::OkStatus();
  };
  const Status rebuilt = client_->RebuildIndexes(path_, {model::IndexKind::kValue}, watch);
  returned = true;
  EXPECT_TRUE(rebuilt.Is(StatusCode::kCancelled)) << rebuilt.ToString();
  EXPECT_TRUE(client_->OpenTable(path_).value()->schema()->FindFamily("a")->value_index_building);
  ASSERT_TRUE(client_->RebuildIndexes(path_, {model::IndexKind::kValue}).ok());
  EXPECT_FALSE(client_->OpenTable(path_).value()->schema()->FindFamily("a")->value_index_building);
  EXPECT_EQ(calls_after, 0);
}

// ---- TableCache

class TableCacheTest : public ClientObjectsTest {
 protected:
  ManualClock clock_;
  TableCache cache_{*client_, clock_};
};

TEST_F(TableCacheTest, ATable_IsOneObject_ForAsLongAsItIsTheSame) {
  const auto first = cache_.Open(path_).value();
  ASSERT_TRUE(Add("c").ok());
  EXPECT_EQ(cache_.Open(path_).value(), first) << "not asked for again so soon";
  clock_.Advance(TableCache::kFreshFor);
  const auto second = cache_.Open(path_).value();
  EXPECT_NE(second, first);
  EXPECT_NE(second->schema()->FindFamily("c"), nullptr);
  clock_.Advance(TableCache::kFreshFor);
  EXPECT_EQ(cache_.Open(path_).value(), second) << "asked for, and the same";
  EXPECT_EQ(cache_.Reopen(path_).value(), second);
}

TEST_F(TableCacheTest, ATableThatIsGone_IsForgotten) {
  ASSERT_TRUE(cache_.Open(path_).ok());
  ASSERT_TRUE(client_->DropTable(path_).ok());
  EXPECT_TRUE(cache_.Open(path_).ok()) << "not asked";
  EXPECT_TRUE(cache_.Reopen(path_).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(cache_.Open(path_).status().Is(StatusCode::kNotFound));
  ASSERT_TRUE(Create().ok());
  EXPECT_TRUE(cache_.Open(path_).ok());
  cache_.Forget(path_);
  cache_.Forget("/never/there");
}

TEST_F(TableCacheTest, With_CallsOnceMore_WhenTheTableWasOutOfDate) {
  const auto old = cache_.Open(path_).value();
  ASSERT_TRUE(Add("c").ok());
  int calls = 0;
  const auto needs_c = [&calls](const std::shared_ptr<Table>& table) -> Result<int> {
    ++calls;
    if (table->schema()->FindFamily("c") != nullptr) return 7;
    return common::InvalidArgument("no family c").WithDetail(model::kBadKey);
  };
  EXPECT_EQ(cache_.With(path_, needs_c).value(), 7);
  EXPECT_EQ(calls, 2);
  calls = 0;
  const auto fails = [&calls](const std::shared_ptr<Table>&) -> Status {
    ++calls;
    return common::InvalidArgument("no family").WithDetail(model::kBadKey);
  };
  EXPECT_EQ(cache_.With(path_, fails).detail(), model::kBadKey);
  EXPECT_EQ(calls, 1) << "it was up to date";
}

TEST_F(TableCacheTest, With_CallsOnceMore_WhenTheTableLearntItsSchemaMeanwhile) {
  ASSERT_TRUE(cache_.Open(path_).ok());
  ASSERT_TRUE(Add("c").ok());
  int calls = 0;
  const auto learns = [&calls](const std::shared_ptr<Table>& table) -> Status {
    const bool knew = table->schema()->FindFamily("c") != nullptr;
    ++calls;
    EXPECT_TRUE(table->ScanAll(model::ScanSpec()).ok());
    EXPECT_NE(table->schema()->FindFamily("c"), nullptr);
    return knew ? Status() : common::InvalidArgument("no family c").WithDetail(model::kBadKey);
  };
  EXPECT_TRUE(cache_.With(path_, learns).ok());
  EXPECT_EQ(calls, 2);
}

TEST_F(TableCacheTest, OnlyWhatAnOldSchemaMayCause_IsTriedAgain) {
  EXPECT_TRUE(TableCache::MayBeStale(common::StaleSchema("x")));
  EXPECT_TRUE(TableCache::MayBeStale(common::NotFound("x")));
  EXPECT_TRUE(TableCache::MayBeStale(common::InvalidArgument("x").WithDetail(model::kUnknownFamilyOnRead)));
  EXPECT_FALSE(TableCache::MayBeStale(common::InvalidArgument("x")));
  EXPECT_FALSE(TableCache::MayBeStale(common::InvalidArgument("x").WithDetail(model::kBadScanSpec)));
  EXPECT_FALSE(TableCache::MayBeStale(common::TimedOut("x")));
}

// ---- ResumableScan

class ResumableScanTest : public ClientObjectsTest {
 protected:
  void SetUp() override {
    ClientObjectsTest::SetUp();
    table_ = client_->OpenTable(path_).value();
    const auto mutator = table_->NewMutator();
    for (const char* row : {"r1", "r2", "r3", "r4"}) {
      for (const char* column : {"x", "y"}) {
        for (const char* family : {"a", "b"}) ASSERT_TRUE(mutator->Set(row, family, column, "v").ok());
      }
    }
    ASSERT_TRUE(mutator->Flush().ok());
  }

  /// All cells as "row family column", opening the scan again after every `stride` cells.
  Rows ReadAll(const model::ScanSpec& spec, size_t stride) {
    Rows found;
    std::string token;
    while (true) {
      const auto scan = ResumableScan::Open(table_, spec, token);
      EXPECT_TRUE(scan.ok()) << scan.status().ToString();
      if (!scan.ok()) return found;
      model::CellView cell;
      size_t count = 0;
      while (count < stride && (*scan)->Next(&cell)) {
        found.push_back(std::string(cell.key.row) + " " + table_->schema()->FindFamily(cell.key.family)->name + " " +
                        std::string(cell.key.qualifier));
        ++count;
      }
      EXPECT_TRUE((*scan)->status().ok()) << (*scan)->status().ToString();
      token = (*scan)->Token();
      const bool is_spent = spec.cell_limit != 0 && found.size() == spec.cell_limit;
      if (count < stride || is_spent) return found;
    }
  }

  std::shared_ptr<Table> table_;
};

TEST_F(ResumableScanTest, TakenUpAgainAnywhere_GivesEachCellOnce) {
  const Rows whole = ReadAll(model::ScanSpec(), 1000);
  ASSERT_EQ(whole.size(), 16u);
  for (const size_t stride : {1, 2, 3, 5, 7}) EXPECT_EQ(ReadAll(model::ScanSpec(), stride), whole) << stride;
}

TEST_F(ResumableScanTest, IntervalsAndLimits_HoldForTheWhole) {
  model::ScanSpec rows;
  rows.row_intervals = {model::RowInterval::Row("r4"), model::RowInterval::Range("r1", "r2")};
  model::ScanSpec cells;
  cells.cell_intervals.emplace_back().start = model::CellBound::AtColumn("r2", "b", "x", false);
  cells.cell_intervals.emplace_back().end = model::CellBound::AtFamily("r1", "a", true);
  model::ScanSpec limited;
  limited.row_offset = 1;
  limited.row_limit = 2;
  limited.cell_limit = 7;
  const std::pair<model::ScanSpec, size_t> cases[] = {{rows, 8}, {cells, 11}, {limited, 7}};
  for (const auto& [spec, count] : cases) {
    const Rows whole = ReadAll(spec, 1000);
    EXPECT_EQ(whole.size(), count);
    for (const size_t stride : {1, 3, 4}) EXPECT_EQ(ReadAll(spec, stride), whole) << stride;
  }
}

TEST_F(ResumableScanTest, ATokenOfAnotherScan_OrOfNone_IsRefused) {
  const auto scan = ResumableScan::Open(table_, model::ScanSpec(), "").value();
  const std::string at_start = scan->Token();
  model::CellView cell;
  ASSERT_TRUE(scan->Next(&cell));
  const std::string token = scan->Token();
  model::ScanSpec other;
  other.max_versions = 1;
  EXPECT_EQ(ResumableScan::Open(table_, other, token).status().detail(), model::kBadScanSpec);
  for (const std::string& bad : {std::string("x"), token.substr(0, 3), token.substr(0, token.size() - 3),
                                 std::string(1, '\x02') + token.substr(1)}) {
    EXPECT_EQ(ResumableScan::Open(table_, model::ScanSpec(), bad).status().detail(), model::kBadScanSpec);
  }
  model::ScanSpec offset;
  offset.cell_offset = 1;
  EXPECT_EQ(ResumableScan::Open(table_, offset, "").status().detail(), model::kBadScanSpec);
  const auto again = ResumableScan::Open(table_, model::ScanSpec(), at_start).value();
  ASSERT_TRUE(again->Next(&cell));
  EXPECT_EQ(cell.key.row, "r1") << "nothing had been given";
}

TEST_F(ResumableScanTest, WhatIsWrittenMeanwhile_ComesWhereItIsStillToCome) {
  const auto scan = ResumableScan::Open(table_, model::ScanSpec(), "").value();
  model::CellView cell;
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(scan->Next(&cell));  // in r2
  const std::string token = scan->Token();
  const auto mutator = table_->NewMutator();
  ASSERT_TRUE(mutator->Set("r1", "a", "later", "v").ok());
  ASSERT_TRUE(mutator->Set("r2", "b", "later", "v").ok());
  ASSERT_TRUE(mutator->Flush().ok());
  const auto again = ResumableScan::Open(table_, model::ScanSpec(), token).value();
  size_t count = 0;
  bool saw_later = false;
  while (again->Next(&cell)) {
    ++count;
    EXPECT_NE(cell.key.row, "r1");
    saw_later |= cell.key.qualifier == "later";
  }
  EXPECT_EQ(count, 11u);
  EXPECT_TRUE(saw_later);
}

TEST_F(ResumableScanTest, TokensAndTables_OfDifferentSchemas_GoTogether) {
  model::CellView cell;
  const auto before = ResumableScan::Open(table_, model::ScanSpec(), "").value();
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(before->Next(&cell));
  const std::string of_old = before->Token();
  model::AddToSchema add;
  add.families.emplace_back().name = "d";
  add.families[0].options.time_order_desc = true;
  ASSERT_TRUE(client_->AlterTable(path_, {add}).ok());
  const auto newer = client_->OpenTable(path_).value();
  const auto mutator = newer->NewMutator();
  for (const int64_t time : {10, 20, 30}) ASSERT_TRUE(mutator->Set("r4", "d", "x", "v", time).ok());
  ASSERT_TRUE(mutator->Flush().ok());

  const auto rest = ResumableScan::Open(newer, model::ScanSpec(), of_old).value();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(rest->Next(&cell));
  // Each time by the object that was opened before the ALTER, and so knows nothing of the new family.
  std::string token = rest->Token();
  for (const int64_t time : {10, 20, 30}) {
    const auto scan = ResumableScan::Open(table_, model::ScanSpec(), token).value();
    EXPECT_EQ(scan->Token(), token);
    ASSERT_TRUE(scan->Next(&cell));
    EXPECT_EQ(cell.key.timestamp, time);
    token = scan->Token();
  }
  for (const auto& table : {table_, newer}) {
    const auto at_end = ResumableScan::Open(table, model::ScanSpec(), token).value();
    EXPECT_FALSE(at_end->Next(&cell));
    EXPECT_EQ(at_end->Token(), token);
  }
}

}  // namespace
}  // namespace cellar::tests
