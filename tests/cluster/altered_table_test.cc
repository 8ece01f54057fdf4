#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "model/error_codes.h"
#include "model/schema_alteration.h"
#include "tests/cluster/in_process_cluster.h"
#include "tests/support/temporary_folder.h"

namespace cellar::tests {
namespace {

using model::AddToSchema;
using model::DropFamilies;
using model::RenameFamily;
using testing::HasSubstr;

testing::AssertionResult Ok(const Status& status) {
  if (status.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << status.ToString();
}

std::string RowOf(int number) {
  const std::string digits = std::to_string(number);
  return "row" + std::string(6 - digits.size(), '0') + digits;
}

/// One Cellar; `client_` uses a table that `other_` alters meanwhile. Each test has a table of its own, with the
/// families a, b and the counter n.
class AlteredTableTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_.emplace("altered");
    auto cluster = InProcessCluster::Start(std::getenv("MINI_CLUSTER_EXECUTABLE"), folder_->path());
    ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
    cluster_ = std::move(*cluster);
  }
  static void TearDownTestSuite() {
    EXPECT_TRUE(Ok(cluster_->Check()));
    cluster_.reset();
    folder_.reset();
  }

  void SetUp() override {
    client_ = client::Client::Connect(cluster_->client_options()).value();
    other_ = client::Client::Connect(cluster_->client_options()).value();
    path_ = std::string("/") + testing::UnitTest::GetInstance()->current_test_info()->name();
    model::SchemaDefinition definition;
    for (const char* name : {"a", "b", "n"}) definition.families.emplace_back().name = name;
    definition.families.back().options.counter = true;
    ASSERT_TRUE(Ok(other_->CreateTable(path_, definition)));
    table_ = client_->OpenTable(path_).value();
  }

  void Alter(const model::SchemaAlteration& alteration) { ASSERT_TRUE(Ok(other_->AlterTable(path_, {alteration}))); }
  static AddToSchema Add(const std::string& name) {
    AddToSchema add;
    add.families.emplace_back().name = name;
    return add;
  }

  /// "family:qualifier" → value of each row, as somebody sees it who opens the table now.
  std::map<std::string, std::map<std::string, std::string>> ReadAll() {
    const auto table = other_->OpenTable(path_).value();
    const auto cells = table->ScanAll(model::ScanSpec());
    EXPECT_TRUE(cells.ok()) << cells.status().ToString();
    std::map<std::string, std::map<std::string, std::string>> rows;
    for (const model::Cell& cell : *cells) {
      const std::string& family = table->schema()->FindFamily(cell.family)->name;
      rows[cell.row].emplace(family + ":" + cell.qualifier, cell.value);  // the newest comes first
    }
    return rows;
  }

  static std::optional<TemporaryFolder> folder_;
  static std::unique_ptr<InProcessCluster> cluster_;
  std::unique_ptr<client::Client> client_;
  std::unique_ptr<client::Client> other_;
  std::string path_;
  std::shared_ptr<client::Table> table_;
};

std::optional<TemporaryFolder> AlteredTableTest::folder_;
std::unique_ptr<InProcessCluster> AlteredTableTest::cluster_;

TEST_F(AlteredTableTest, AMutatorWithManyFramesUnderWay_WritesEverythingOnce) {
  constexpr int kRows = 3000;
  client::MutatorOptions options;
  options.frame_bytes = 2 << 10;
  const auto mutator = table_->NewMutator(options);
  for (int i = 0; i < kRows; ++i) {
    ASSERT_TRUE(Ok(mutator->Set(RowOf(i), "a", "q", "of " + std::to_string(i))));
    ASSERT_TRUE(Ok(mutator->Set("last", "a", "", std::to_string(i))));
    ASSERT_TRUE(Ok(mutator->Set("sum", "n", "", "+1")));
    if (i % 500 == 250) Alter(Add("added" + std::to_string(i)));
    if (i == 1000) Alter(RenameFamily{"b", "renamed"});
  }
  ASSERT_TRUE(Ok(mutator->Flush()));
  auto rows = ReadAll();
  EXPECT_EQ(rows["sum"]["n:"], std::to_string(kRows));
  EXPECT_EQ(rows["last"]["a:"], std::to_string(kRows - 1)) << "the later write wins";
  for (int i = 0; i < kRows; ++i) ASSERT_EQ(rows[RowOf(i)]["a:q"], "of " + std::to_string(i));
}

TEST_F(AlteredTableTest, CellsOfAFamilyThatIsDroppedMeanwhile_AreNamed_TheOthersAreWritten) {
  constexpr int kRows = 500;
  const auto mutator = table_->NewMutator();
  for (int i = 0; i < kRows; ++i) {
    ASSERT_TRUE(Ok(mutator->Set(RowOf(i), "a", "q", "kept")));
    ASSERT_TRUE(Ok(mutator->Set(RowOf(i), "b", "q" + std::to_string(i), "lost")));
  }
  Alter(DropFamilies{{"b"}});
  const Status flushed = mutator->Flush();
  EXPECT_EQ(flushed.detail(), model::kBadKey) << flushed.ToString();
  const std::vector<client::RefusedRow> refused = mutator->TakeError();
  ASSERT_EQ(refused.size(), static_cast<size_t>(kRows));
  EXPECT_EQ(refused[7].row, RowOf(7));
  EXPECT_THAT(refused[7].status.ToString(), HasSubstr("b:q7"));
  EXPECT_EQ(ReadAll().size(), static_cast<size_t>(kRows));
  EXPECT_EQ(mutator->Set("row", "b", "", "x").detail(), model::kBadKey) << "known to be gone";
  EXPECT_TRUE(Ok(mutator->Set("row", "a", "", "x")));
  EXPECT_TRUE(Ok(mutator->Flush()));
}

TEST_F(AlteredTableTest, AnOpenMutatorAndTable_FindFamiliesThatWereAdded) {
  const auto mutator = table_->NewMutator();
  ASSERT_TRUE(Ok(mutator->Set("r1", "a", "", "old")));
  AddToSchema add = Add("new");
  add.families.back().options.time_order_desc = true;
  Alter(add);
  ASSERT_TRUE(Ok(mutator->Set("r1", "new", "", "first", 10)));
  ASSERT_TRUE(Ok(mutator->Set("r1", "new", "", "second", 20)));
  ASSERT_TRUE(Ok(mutator->Flush()));
  EXPECT_EQ(mutator->Set("r1", "newer", "", "x").detail(), model::kBadKey);
  const auto cells = table_->ScanAll(model::ScanSpec());
  ASSERT_TRUE(cells.ok()) << cells.status().ToString();
  ASSERT_EQ(cells->size(), 3u);
  EXPECT_EQ((*cells)[1].value, "first") << "oldest first, as the new family has it";
  EXPECT_EQ(table_->schema()->FindFamily((*cells)[1].family)->name, "new");
  Alter(Add("newest"));
  const auto outcome = table_->Mutate(client::RowMutation("r2").Set("newest", "", "v"));
  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  EXPECT_TRUE(outcome->applied);
}

TEST_F(AlteredTableTest, RowMutationsAndGets_GoOn_OrNameWhatIsGone) {
  Alter(Add("c"));
  EXPECT_EQ(table_->Increment("r", "n", "").value(), 1);
  Alter(RenameFamily{"a", "renamed"});
  EXPECT_EQ(table_->GetRows(model::ScanSpec(), {"r"})->size(), 1u);
  EXPECT_EQ(table_->Increment("r", "n", "").value(), 2);
  Alter(DropFamilies{{"b"}});
  const auto failed = table_->Mutate(client::RowMutation("r").Set("renamed", "", "x").Set("b", "", "y"));
  EXPECT_EQ(failed.status().detail(), model::kBadKey) << failed.status().ToString();
  EXPECT_EQ(ReadAll().at("r").size(), 1u) << "all or nothing";
}

TEST_F(AlteredTableTest, AScan_GoesOnByTheNewSchema_WhenItsServerComesBack) {
  constexpr int kRows = 6000;  // more than is fetched ahead
  {
    const auto mutator = table_->NewMutator();
    for (int i = 0; i < kRows; ++i) {
      ASSERT_TRUE(Ok(mutator->Set(RowOf(i), "a", "", std::string(1000, 'x'))));
      ASSERT_TRUE(Ok(mutator->Set(RowOf(i), "b", "", "y")));
    }
    ASSERT_TRUE(Ok(mutator->Flush()));
  }
  const auto all = table_->NewScanner(model::ScanSpec()).value();
  model::CellView cell;
  ASSERT_TRUE(all->Next(&cell));
  EXPECT_EQ(all->schema()->FindFamily(cell.key.family)->name, "a");
  Alter(RenameFamily{"a", "renamed"});
  Alter(DropFamilies{{"b"}});
  ASSERT_TRUE(Ok(cluster_->Restart()));
  std::vector<std::string> rows{std::string(cell.key.row)};
  size_t of_dropped = 0;
  while (all->Next(&cell)) {
    const model::ColumnFamily* family = all->schema()->FindFamily(cell.key.family);
    ASSERT_NE(family, nullptr) << "every cell's family is in the scanner's schema";
    if (family->name == "b") ++of_dropped;
    if (family->name != "b") rows.emplace_back(cell.key.row);
  }
  ASSERT_TRUE(Ok(all->status()));
  ASSERT_EQ(rows.size(), static_cast<size_t>(kRows)) << "each row once";
  for (int i = 0; i < kRows; ++i) ASSERT_EQ(rows[static_cast<size_t>(i)], RowOf(i));
  EXPECT_LT(of_dropped, static_cast<size_t>(kRows)) << "from some row on they stay away";
  EXPECT_EQ(all->schema()->FindFamily(model::FamilyId(1))->name, "renamed");
}

TEST_F(AlteredTableTest, AScanForAFamilyThatWasDropped_Ends_AndSaysWhich) {
  const auto mutator = table_->NewMutator();
  model::ScanSpec spec;
  spec.columns.emplace_back("b");
  spec.interval_mode = model::IntervalMode::kEachInOrder;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Ok(mutator->Set(RowOf(i), "b", "", "y")));
    spec.row_intervals.push_back(model::RowInterval::Row(RowOf(i)));
  }
  ASSERT_TRUE(Ok(mutator->Flush()));
  const auto scanner = table_->NewScanner(spec).value();
  model::CellView cell;
  ASSERT_TRUE(scanner->Next(&cell));
  Alter(DropFamilies{{"b"}});
  int count = 1;
  while (scanner->Next(&cell)) ++count;
  EXPECT_LT(count, 20);
  EXPECT_EQ(scanner->status().detail(), model::kUnknownFamilyOnRead) << scanner->status().ToString();
  EXPECT_THAT(scanner->status().ToString(), HasSubstr("'b'"));
}

}  // namespace
}  // namespace cellar::tests
