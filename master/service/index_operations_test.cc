#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "master/operations/names.h"
#include "protocol/values.h"
#include "tests/support/master_world.h"

namespace cellar::master {
namespace {

using model::IndexKind;
using testing::ElementsAre;

/// A master, with what is asked of it about indexes.
class IndexOperationsWorld {
 public:
  IndexOperationsWorld() { world_.StartAll(); }

  MasterWorld& world() { return world_; }
  void StartAnew() {
    ASSERT_TRUE(world_.dead());
    world_.BuryMaster();
    world_.StartAll();
  }

  /// Families a with a value index, b with both, c without.
  static model::SchemaDefinition Definition() {
    model::SchemaDefinition definition = MasterWorld::Definition({"a", "b", "c"});
    definition.families[0].value_index = true;
    definition.families[1].value_index = true;
    definition.families[1].qualifier_index = true;
    return definition;
  }
  Result<protocol::CreateTableResponse> Create(int64_t request) {
    protocol::CreateTableRequest message;
    message.id = IdOf(request);
    message.path = "/t";
    message.schema = Definition().Encode();
    return world_.Ask(world_.stub.CreateTable(MasterWorld::kMasterAddress, std::move(message), world_.In(kPatience)));
  }
  model::Schema Schema() { return model::Schema::Decode(world_.OpenTable("/t")->schema).value(); }

  Status Alter(int64_t request, const std::vector<model::SchemaAlteration>& alterations) {
    const model::Schema schema = Schema();
    const auto next = schema.Alter(alterations);
    if (!next.ok()) return next.status();
    return AlterTo(request, next->definition(), schema.generation());
  }
  Status AlterTo(int64_t request, const model::SchemaDefinition& wanted, model::SchemaGeneration from) {
    return world_.AlterTable("/t", request, wanted, from.get()).status();
  }

  Status Rebuild(int64_t request, const std::vector<IndexKind>& kinds) { return Change(request, kinds, {}, {}); }
  Status Change(int64_t request, const std::vector<IndexKind>& kinds, const std::vector<int>& families,
                const std::vector<model::TableId>& tables) {
    protocol::AlterTableRequest message;
    message.id = IdOf(request);
    message.path = "/t";
    protocol::IndexChange change;
    for (const IndexKind kind : kinds) change.kinds.push_back(static_cast<int32_t>(kind));
    change.families.assign(families.begin(), families.end());
    for (const model::TableId table : tables) change.tables.push_back(protocol::ToMessage(table));
    change.complete = !families.empty();
    message.__set_indexes(std::move(change));
    const auto changed =
        world_.Ask(world_.stub.AlterTable(MasterWorld::kMasterAddress, std::move(message), world_.In(kPatience)));
    return changed.status();
  }

  /// Ids of tables that the catalog and METADATA know; they must be the same.
  std::vector<uint32_t> Tables() {
    std::vector<uint32_t> of_rows;
    for (const model::RangeRecord& row : world_.range_server->Rows()) {
      if (!row.range.table.is_system()) of_rows.push_back(row.range.table.number);
    }
    EXPECT_EQ(of_rows.size(), world_.range_server->PathsOfTables().size());
    EXPECT_EQ(of_rows.size() + 3, world_.range_server->Serving().size());
    return of_rows;
  }

 private:
  static constexpr Nanos kPatience = 20 * kSecond;
  static protocol::RequestId IdOf(int64_t request) {
    protocol::RequestId id;
    id.session = 99;
    id.sequence = request;
    return id;
  }

  MasterWorld world_;
};

class IndexOperationsTest : public testing::Test {
 protected:
  MasterWorld& world() { return operations_.world(); }
  IndexOperationsWorld operations_;
};

std::string StateOf(const model::Schema& schema) {
  std::string text;
  for (const model::ColumnFamily& family : schema.families()) {
    if (family.deleted) continue;
    text += family.name;
    for (const IndexKind kind : model::kIndexKinds) {
      if (!family.has_index(kind)) continue;
      text += kind == IndexKind::kValue ? " value" : " qualifier";
      if (!schema.is_index_complete(family.id, kind)) text += "(building)";
    }
    text += ";";
  }
  return text;
}

TEST_F(IndexOperationsTest, IndexTables_ComeMoveAndGoWithTheirTable) {
  const auto made = operations_.Create(1);
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_EQ(made->table.number, 1);
  EXPECT_THAT(world().List("/"), ElementsAre("^^t", "^t", "sys/", "t", "tmp/"));
  EXPECT_EQ(StateOf(operations_.Schema()), "a value;b value qualifier;c;");
  EXPECT_EQ(protocol::FromMessage(world().OpenTable("/^t")->table),
            operations_.Schema().definition().value_index_table);
  EXPECT_EQ(protocol::FromMessage(world().OpenTable("/^^t")->table),
            operations_.Schema().definition().qualifier_index_table);
  EXPECT_THAT(operations_.Tables(), ElementsAre(1, 2, 3));
  ASSERT_TRUE(world().RenameTable("/t", "/u", 2).ok());
  EXPECT_THAT(world().List("/"), ElementsAre("^^u", "^u", "sys/", "tmp/", "u"));
  ASSERT_TRUE(world().DropTable("/u", 3).ok());
  EXPECT_THAT(world().List("/"), ElementsAre("sys/", "tmp/"));
  EXPECT_THAT(operations_.Tables(), ElementsAre());
}

TEST_F(IndexOperationsTest, IndexTables_AreNotChangedByThemselves) {
  ASSERT_TRUE(operations_.Create(1).ok());
  EXPECT_EQ(world().DropTable("/^t", 2).detail(), kBadTableName);
  EXPECT_EQ(world().DropTable("/^t", 3, true).detail(), kBadTableName);
  EXPECT_EQ(world().RenameTable("/^^t", "/x", 4).detail(), kBadTableName);
  EXPECT_EQ(world().RenameTable("/t", "/^x", 5).detail(), kBadTableName);
  EXPECT_EQ(world().CreateTable("/^x", 6).status().detail(), kBadTableName);
  EXPECT_EQ(world().AlterTable("/^t", 7, MasterWorld::Definition({"a"}), 1).status().detail(), kBadTableName);
}

TEST_F(IndexOperationsTest, AnAddedIndex_IsBuilding_ButNotThatOfANewFamily) {
  ASSERT_TRUE(operations_.Create(1).ok());
  model::AddToSchema add;
  add.families = MasterWorld::Definition({"d"}).families;
  add.value_indexes = {"c", "d"};
  ASSERT_TRUE(operations_.Alter(2, {add}).ok());
  EXPECT_EQ(operations_.Schema().generation().get(), 2);
  EXPECT_EQ(StateOf(operations_.Schema()), "a value;b value qualifier;c value(building);d value;");
  EXPECT_THAT(operations_.Tables(), ElementsAre(1, 2, 3));
}

TEST_F(IndexOperationsTest, ADroppedIndex_IsOutOfUseBeforeItIsGone) {
  ASSERT_TRUE(operations_.Create(1).ok());
  ASSERT_TRUE(operations_.Alter(2, {model::DropIndexes{true, {"b"}}}).ok());
  EXPECT_EQ(operations_.Schema().generation().get(), 3);
  EXPECT_EQ(StateOf(operations_.Schema()), "a value;b value;c;");
  const auto& told = world().range_server->schemas_told();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(StateOf(*model::Schema::Decode(told[0])), "a value;b value qualifier(building);c;");
  EXPECT_THAT(operations_.Tables(), ElementsAre(1, 2));
  EXPECT_THAT(world().List("/"), ElementsAre("^t", "sys/", "t", "tmp/"));
  ASSERT_TRUE(operations_.Alter(3, {model::DropIndexes{false, {"b"}}}).ok());
  EXPECT_THAT(operations_.Tables(), ElementsAre(1, 2)) << "a has one of the kind";
  ASSERT_TRUE(operations_.Alter(4, {model::DropFamilies{{"a"}}}).ok());
  EXPECT_THAT(operations_.Tables(), ElementsAre(1));
  model::AddToSchema again;
  again.value_indexes = {"b"};
  ASSERT_TRUE(operations_.Alter(5, {again}).ok());
  EXPECT_EQ(StateOf(operations_.Schema()), "b value(building);c;");
  EXPECT_THAT(operations_.Tables(), ElementsAre(1, 4));
}

TEST_F(IndexOperationsTest, Clients_DoNotSayWhatStateAnIndexIsIn) {
  ASSERT_TRUE(operations_.Create(1).ok());
  model::AddToSchema add;
  add.value_indexes = {"c"};
  ASSERT_TRUE(operations_.Alter(2, {add}).ok());
  model::SchemaDefinition wanted = operations_.Schema().definition();
  wanted.families[2].value_index_building = false;
  wanted.families[0].value_index_building = true;
  wanted.value_index_table = model::TableId{1, 77};
  ASSERT_TRUE(operations_.AlterTo(3, wanted, operations_.Schema().generation()).ok());
  EXPECT_EQ(StateOf(operations_.Schema()), "a value;b value qualifier;c value(building);");
  EXPECT_EQ(operations_.Schema().definition().value_index_table, (model::TableId{1, 2}));
}

TEST_F(IndexOperationsTest, Rebuild_BeginsWithEmptyTablesAndEndsComplete) {
  ASSERT_TRUE(operations_.Create(1).ok());
  ASSERT_TRUE(operations_.Rebuild(2, {IndexKind::kValue}).ok());
  EXPECT_EQ(StateOf(operations_.Schema()), "a value(building);b value(building) qualifier;c;");
  const auto& told = world().range_server->schemas_told();
  ASSERT_EQ(told.size(), 2u) << "readers let go before writers do";
  const model::Schema interim = model::Schema::Decode(told[0]).value();
  EXPECT_EQ(StateOf(interim), StateOf(operations_.Schema()));
  EXPECT_EQ(interim.definition().value_index_table, (model::TableId{1, 2})) << "which writers keep";
  EXPECT_THAT(operations_.Tables(), ElementsAre(1, 3, 4));
  EXPECT_THAT(world().List("/"), ElementsAre("^^t", "^t", "sys/", "t", "tmp/"));
  EXPECT_EQ(world().OpenTable("/^t")->table.number, 4);
  EXPECT_TRUE(operations_.Change(3, {IndexKind::kValue}, {1, 2}, {{1, 2}}).Is(StatusCode::kConflict));
  ASSERT_TRUE(operations_.Change(4, {IndexKind::kValue}, {1}, {{1, 4}}).ok());
  EXPECT_EQ(StateOf(operations_.Schema()), "a value;b value(building) qualifier;c;");
  ASSERT_TRUE(operations_.Change(5, {IndexKind::kValue}, {1, 2}, {{1, 4}}).ok());
  EXPECT_EQ(StateOf(operations_.Schema()), "a value;b value qualifier;c;");
}

TEST_F(IndexOperationsTest, Rebuild_OfNoIndexIsRefused) {
  ASSERT_TRUE(world().CreateTable("/t", 1).ok());
  EXPECT_EQ(operations_.Rebuild(2, {IndexKind::kValue}).detail(), 0x60002);
  EXPECT_TRUE(operations_.Rebuild(3, {}).Is(StatusCode::kInvalidArgument));
}

/// Where the master dies, and at which of the passes.
class IndexCrashTest : public testing::TestWithParam<const char*> {};

TEST_P(IndexCrashTest, AnIndexIsAddedRebuiltAndDroppedExactlyOnce) {
  const std::string fault = GetParam();
  for (const bool drops : {true, false}) {
    SCOPED_TRACE(drops ? "drop" : "rebuild");
    IndexOperationsWorld operations;
    ASSERT_TRUE(operations.Create(1).ok());
    const auto change = [&] {
      const model::DropIndexes drop{true, {"b"}};
      return drops ? operations.Alter(2, {drop}) : operations.Rebuild(2, {IndexKind::kQualifier});
    };
    const model::SchemaDefinition wanted = operations.Schema().Alter({model::DropIndexes{true, {"b"}}})->definition();
    ASSERT_TRUE(operations.world().faults.Induce(fault).ok());
    if (change().ok()) {  // that step is not among those of this change
      EXPECT_FALSE(operations.world().dead());
      continue;
    }
    operations.StartAnew();
    const Status again = drops ? operations.AlterTo(2, wanted, model::SchemaGeneration{1})
                               : operations.Rebuild(2, {IndexKind::kQualifier});
    EXPECT_TRUE(again.ok()) << again.ToString();
    if (drops) {
      EXPECT_EQ(StateOf(operations.Schema()), "a value;b value;c;");
      EXPECT_THAT(operations.Tables(), ElementsAre(1, 2));
      EXPECT_THAT(operations.world().List("/"), ElementsAre("^t", "sys/", "t", "tmp/"));
    } else {
      EXPECT_EQ(StateOf(operations.Schema()), "a value;b value qualifier(building);c;");
      EXPECT_THAT(operations.Tables(), ElementsAre(1, 2, 4));
      EXPECT_THAT(operations.world().List("/"), ElementsAre("^^t", "^t", "sys/", "t", "tmp/"));
      EXPECT_EQ(operations.world().OpenTable("/^^t")->table.number, 4);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    EachStep, IndexCrashTest,
    testing::Values("master.alter_index.after_new_index:crash:0", "master.alter_index.after_new_index:crash:1",
                    "master.alter_index.after_new_index:crash:2", "master.alter_index.after_interim_schema:crash:0",
                    "master.alter_index.after_interim_servers:crash:0", "master.alter_table.after_schema:crash:0",
                    "master.alter_table.after_servers:crash:0", "master.alter_index.after_paths:crash:0",
                    "master.alter_index.after_old_index:crash:0", "master.alter_index.after_old_index:crash:1",
                    "master.alter_index.after_old_index:crash:2", "master.alter_index.after_old_index:crash:3",
                    "master.alter_index.after_old_index:crash:4"));

}  // namespace
}  // namespace cellar::master
