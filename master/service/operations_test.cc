#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "master/operations/names.h"
#include "tests/support/master_world.h"

namespace cellar::master {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OperationsTest : public testing::Test {
 protected:
  OperationsTest() { world_.StartAll(); }

  MasterWorld world_;
};

TEST_F(OperationsTest, Namespaces_ComeAndGoWithTheirCodes) {
  EXPECT_TRUE(world_.CreateNamespace(" //a/ ", 1).ok());
  EXPECT_EQ(world_.CreateNamespace("a", 2).detail(), kNamespaceExists);
  EXPECT_TRUE(world_.CreateNamespace("/a", 3, true).ok());
  EXPECT_EQ(world_.CreateNamespace("/x/b", 4).detail(), kNamespaceNotFound);
  EXPECT_TRUE(world_.CreateNamespace("/a/b", 5).ok());
  EXPECT_THAT(world_.List("/"), ElementsAre("a/", "sys/", "tmp/"));
  EXPECT_THAT(world_.List("a"), ElementsAre("b/"));
  EXPECT_EQ(world_.DropNamespace("/a", 6).detail(), kNamespaceNotEmpty);
  EXPECT_TRUE(world_.DropNamespace("/a/b", 7).ok());
  EXPECT_TRUE(world_.DropNamespace("/a", 8).ok());
  EXPECT_EQ(world_.DropNamespace("/a", 9).detail(), kNamespaceNotFound);
  EXPECT_TRUE(world_.DropNamespace("/a", 10, true).ok());
  EXPECT_THAT(world_.List("/"), ElementsAre("sys/", "tmp/"));
}

TEST_F(OperationsTest, Protected_AreNeitherMadeNorDropped) {
  int64_t request = 1;
  for (const char* path : {"/", "/sys", "/tmp"}) {
    EXPECT_EQ(world_.DropNamespace(path, request++).detail(), kProtected) << path;
    EXPECT_EQ(world_.CreateNamespace(path, request++).detail(), kNamespaceExists) << path;
  }
  EXPECT_EQ(world_.DropTable("/sys/METADATA", request++).detail(), kProtected);
  EXPECT_EQ(world_.CreateTable("/sys/x", request++).status().detail(), kProtected);
  EXPECT_EQ(world_.AlterTable("/sys/CATALOG", request++, MasterWorld::Definition({"a"}), 1).status().detail(),
            kProtected);
}

TEST_F(OperationsTest, Tables_ComeAndGoWithTheirCodes) {
  auto made = world_.CreateTable("/t", 1);
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_EQ(made->table.number, 1);
  EXPECT_EQ(model::Schema::Decode(made->schema)->generation().get(), 1);
  auto opened = world_.OpenTable("t");
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->schema, made->schema);
  EXPECT_EQ(world_.CreateTable("/t", 2).status().detail(), kNameInUse);
  EXPECT_EQ(world_.CreateNamespace("/t", 3).detail(), kNameInUse);
  EXPECT_EQ(world_.CreateNamespace("/t/n", 4).detail(), kBadNamespace);
  EXPECT_EQ(world_.DropNamespace("/t", 5).detail(), kBadNamespace);
  EXPECT_EQ(world_.CreateTable("/tmp", 6).status().detail(), kNameInUse);
  EXPECT_EQ(world_.CreateTable("/x/t", 7).status().detail(), kNamespaceNotFound);
  EXPECT_EQ(world_.CreateTable("/^t", 8).status().detail(), kBadTableName);
  ASSERT_TRUE(world_.disk.CreateDirectories("tables/1-1/x").ok());
  EXPECT_TRUE(world_.DropTable("/t", 9).ok());
  EXPECT_FALSE(world_.disk.Exists("tables/1-1").value());
  EXPECT_EQ(world_.DropTable("/t", 10).detail(), kTableNotFound);
  EXPECT_TRUE(world_.DropTable("/t", 11, true).ok());
  EXPECT_EQ(world_.DropTable("/tmp", 12).detail(), kProtected);
  EXPECT_EQ(world_.OpenTable("/t").status().detail(), kTableNotFound);
  EXPECT_EQ(world_.range_server->Serving().size(), 3u);
  EXPECT_THAT(world_.CreateTable("/t", 13)->table.number, 2);
}

TEST_F(OperationsTest, Rename_KeepsTheTableUnderItsNewName) {
  const auto made = world_.CreateTable("/t", 1);
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  ASSERT_TRUE(world_.CreateNamespace("/n", 2).ok());
  const Status renamed = world_.RenameTable("t", " /n/u/", 3);
  ASSERT_TRUE(renamed.ok()) << renamed.ToString();
  EXPECT_EQ(world_.OpenTable("/t").status().detail(), kTableNotFound);
  EXPECT_EQ(world_.OpenTable("/n/u")->table, made->table);
  EXPECT_THAT(world_.List("/n"), ElementsAre("u"));
  EXPECT_THAT(world_.range_server->PathsOfTables(), ElementsAre("/n/u"));
  EXPECT_TRUE(world_.RenameTable("t", "/n/u", 3).ok()) << "the same request again";
  EXPECT_EQ(world_.CreateTable("/t", 4)->table.number, 2) << "the old name is free";
  EXPECT_TRUE(world_.DropTable("/n/u", 5).ok());
}

TEST_F(OperationsTest, Rename_IsRefusedWithItsCodes) {
  ASSERT_TRUE(world_.CreateTable("/t", 1).ok());
  ASSERT_TRUE(world_.CreateTable("/u", 2).ok());
  ASSERT_TRUE(world_.CreateNamespace("/n", 3).ok());
  struct Case {
    const char* path;
    const char* new_path;
    int32_t code;
  };
  int64_t request = 4;
  for (const Case& refused :
       {Case{"/x", "/y", kTableNotFound}, Case{"/n", "/y", kTableNotFound}, Case{"/sys/METADATA", "/y", kProtected},
        Case{"/t", "/u", kNameInUse}, Case{"/t", "/t", kNameInUse}, Case{"/t", "/n", kNameInUse},
        Case{"/t", "/", kBadTableName}, Case{"/t", "/^y", kBadTableName}, Case{"/t", "/sys/y", kProtected},
        Case{"/t", "/x/y", kNamespaceNotFound}, Case{"/t", "/u/y", kBadNamespace}}) {
    EXPECT_EQ(world_.RenameTable(refused.path, refused.new_path, request++).detail(), refused.code)
        << refused.path << " to " << refused.new_path;
  }
  EXPECT_THAT(world_.List("/"), ElementsAre("n/", "sys/", "t", "tmp/", "u"));
}

TEST_F(OperationsTest, BadSchema_IsRefusedWithTheModelsCode) {
  protocol::CreateTableRequest request;
  request.id.session = 5;
  request.path = "/t";
  request.schema = MasterWorld::Definition({"a", "a"}).Encode();
  const auto refused = world_.Ask(world_.stub.CreateTable(MasterWorld::kMasterAddress, request, world_.In(kSecond)));
  EXPECT_EQ(refused.status().detail(), 0x60002) << refused.status().ToString();
  request.id.session = 0;
  const auto nameless = world_.Ask(world_.stub.CreateTable(MasterWorld::kMasterAddress, request, world_.In(kSecond)));
  EXPECT_THAT(nameless.status().ToString(), HasSubstr("has no id"));
}

TEST_F(OperationsTest, Alter_MakesTheNextGenerationAndTellsTheServers) {
  ASSERT_TRUE(world_.CreateTable("/t", 1).ok());
  const model::SchemaDefinition wanted = MasterWorld::Definition({"a", "b", "c"});
  auto altered = world_.AlterTable("/t", 2, wanted, 1);
  ASSERT_TRUE(altered.ok()) << altered.status().ToString();
  EXPECT_EQ(altered->generation, 2);
  EXPECT_THAT(world_.range_server->schemas_told(), ElementsAre(altered->schema));
  EXPECT_EQ(world_.OpenTable("/t")->schema, altered->schema);
  const auto stale = world_.AlterTable("/t", 3, wanted, 1);
  EXPECT_TRUE(stale.status().Is(StatusCode::kStaleSchema));
  EXPECT_EQ(stale.status().detail(), kGenerationMismatch);
  EXPECT_EQ(world_.AlterTable("/t", 2, wanted, 1)->generation, 2) << "the same request again";
  EXPECT_EQ(world_.AlterTable("/u", 4, wanted, 1).status().detail(), kTableNotFound);
}

TEST_F(OperationsTest, SameRequest_FindsTheFirstOnesOutcomeAlsoAfterARestart) {
  const auto made = world_.CreateTable("/t", 1);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(world_.CreateTable("/t", 1)->table.number, made->table.number);
  world_.StopMaster();
  world_.StartAll();
  EXPECT_EQ(world_.CreateTable("/t", 1)->table.number, made->table.number);
  EXPECT_TRUE(world_.CreateNamespace("/t", 1).Is(StatusCode::kInvalidArgument)) << "another kind under the same id";
}

TEST_F(OperationsTest, StepThatFails_GoesOnBehindTheCallersBack) {
  ASSERT_TRUE(world_.faults.Induce("master.create_table.after_range:error(i/o-error):*").ok());
  const Status impatient = world_.CreateTable("/t", 1).status();
  EXPECT_TRUE(impatient.Is(StatusCode::kTimedOut)) << impatient.ToString();
  EXPECT_THAT(world_.MasterStatus().problems, ElementsAre(HasSubstr("create table /t")));
  world_.faults.DisarmAll();
  world_.world.RunFor(kSecond);
  EXPECT_TRUE(world_.OpenTable("/t").ok());
  EXPECT_TRUE(world_.CreateTable("/t", 1).ok());
  EXPECT_THAT(world_.MasterStatus().problems, IsEmpty());
}

TEST_F(OperationsTest, ReadOnly_IsToldToServersAndKept) {
  EXPECT_FALSE(world_.MasterStatus().read_only);
  EXPECT_FALSE(world_.range_server->variables().read_only);
  ASSERT_TRUE(world_.SetReadOnly(true, 1).ok());
  EXPECT_TRUE(world_.MasterStatus().read_only);
  EXPECT_TRUE(world_.range_server->variables().read_only);
  const int64_t generation = world_.range_server->variables().generation;
  EXPECT_TRUE(world_.SetReadOnly(std::nullopt, 2).ok()) << "nothing is asked for";
  EXPECT_EQ(world_.range_server->variables().generation, generation);
  EXPECT_TRUE(world_.SetReadOnly(true, 3).ok()) << "it is already, and servers are told again";
  EXPECT_EQ(world_.range_server->variables().generation, generation + 1);
  world_.StopMaster();
  world_.StartAll();  // with a new life of the range server, which has heard of nothing
  EXPECT_TRUE(world_.MasterStatus().read_only);
  EXPECT_TRUE(world_.range_server->variables().read_only) << "told with the orders to load";
  ASSERT_TRUE(world_.SetReadOnly(false, 4).ok());
  EXPECT_FALSE(world_.MasterStatus().read_only);
  EXPECT_FALSE(world_.range_server->variables().read_only);
  EXPECT_GT(world_.range_server->variables().generation, generation);
  EXPECT_TRUE(world_.SetReadOnly(true, 1).ok()) << "a repeated request finds its first outcome";
  EXPECT_FALSE(world_.MasterStatus().read_only);
}

/// Steps at which the process dies.
class OperationCrashTest : public testing::TestWithParam<const char*> {};

TEST_P(OperationCrashTest, CreateTable_EndsFinishedExactlyOnce) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.faults.Induce(std::string(GetParam()) + ":crash:0").ok());
  EXPECT_FALSE(world.CreateTable("/t", 1).ok());
  ASSERT_TRUE(world.dead());
  world.BuryMaster();
  world.StartAll();
  const auto made = world.CreateTable("/t", 1);
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_EQ(made->table.number, 1);
  EXPECT_EQ(world.OpenTable("/t")->table.number, 1);
  EXPECT_EQ(world.range_server->Serving().size(), 4u);
  EXPECT_EQ(world.range_server->Rows().size(), 3u);
  EXPECT_EQ(world.CreateTable("/t", 2).status().detail(), kNameInUse);
}

INSTANTIATE_TEST_SUITE_P(EachStep, OperationCrashTest,
                         testing::Values("master.operation.before_step", "master.create_table.after_schema",
                                         "master.create_table.after_range", "master.create_table.after_load",
                                         "master.create_table.after_path"));

class DropCrashTest : public testing::TestWithParam<const char*> {};

TEST_P(DropCrashTest, DropTable_EndsFinishedExactlyOnce) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.CreateTable("/t", 1).ok());
  ASSERT_TRUE(world.disk.CreateDirectories("tables/1-1").ok());
  ASSERT_TRUE(world.faults.Induce(std::string(GetParam()) + ":crash:0").ok());
  EXPECT_FALSE(world.DropTable("/t", 2).ok());
  ASSERT_TRUE(world.dead());
  world.BuryMaster();
  world.StartAll();
  EXPECT_TRUE(world.DropTable("/t", 2).ok());
  EXPECT_EQ(world.DropTable("/t", 3).detail(), kTableNotFound);
  EXPECT_EQ(world.range_server->Rows().size(), 2u);
  EXPECT_EQ(world.range_server->Serving().size(), 3u);
  EXPECT_FALSE(world.disk.Exists("tables/1-1").value());
  for (const std::string& cell : world.range_server->CatalogCells()) EXPECT_EQ(cell.rfind("table:", 0), cell.npos);
}

INSTANTIATE_TEST_SUITE_P(EachStep, DropCrashTest,
                         testing::Values("master.operation.before_step", "master.drop_table.after_path",
                                         "master.drop_table.after_mark", "master.drop_table.after_unload",
                                         "master.drop_table.after_rows", "master.drop_table.after_files",
                                         "master.drop_table.after_table"));

class RenameCrashTest : public testing::TestWithParam<const char*> {};

TEST_P(RenameCrashTest, RenameTable_EndsFinishedExactlyOnce) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.CreateTable("/t", 1).ok());
  ASSERT_TRUE(world.faults.Induce(std::string(GetParam()) + ":crash:0").ok());
  EXPECT_FALSE(world.RenameTable("/t", "/u", 2).ok());
  ASSERT_TRUE(world.dead());
  world.BuryMaster();
  world.StartAll();
  const Status renamed = world.RenameTable("/t", "/u", 2);
  EXPECT_TRUE(renamed.ok()) << renamed.ToString();
  EXPECT_THAT(world.List("/"), ElementsAre("sys/", "tmp/", "u"));
  EXPECT_EQ(world.OpenTable("/u")->table.number, 1);
  EXPECT_THAT(world.range_server->PathsOfTables(), ElementsAre("/u"));
}

INSTANTIATE_TEST_SUITE_P(EachStep, RenameCrashTest,
                         testing::Values("master.operation.before_step", "master.rename_table.after_new_path",
                                         "master.rename_table.after_old_path", "master.rename_table.after_table"));

class SetVariablesCrashTest : public testing::TestWithParam<const char*> {};

TEST_P(SetVariablesCrashTest, SetVariables_EndsFinishedExactlyOnce) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.faults.Induce(std::string(GetParam()) + ":crash:0").ok());
  EXPECT_FALSE(world.SetReadOnly(true, 1).ok());
  ASSERT_TRUE(world.dead());
  world.BuryMaster();
  world.StartAll();
  const Status set = world.SetReadOnly(true, 1);
  EXPECT_TRUE(set.ok()) << set.ToString();
  EXPECT_TRUE(world.MasterStatus().read_only);
  EXPECT_TRUE(world.range_server->variables().read_only);
  EXPECT_EQ(world.range_server->variables().generation, 1);
}

INSTANTIATE_TEST_SUITE_P(EachStep, SetVariablesCrashTest,
                         testing::Values("master.operation.before_step", "master.set_variables.after_record",
                                         "master.set_variables.after_servers"));

class RecoveryCrashTest : public testing::TestWithParam<const char*> {};

TEST_P(RecoveryCrashTest, AnotherMaster_BringsEverythingBack) {
  for (const bool first_start : {true, false}) {
    MasterWorld world;
    if (!first_start) {
      world.StartAll();
      ASSERT_TRUE(world.CreateTable("/t", 1).ok());
      world.StopMaster();
    }
    ASSERT_TRUE(world.faults.Induce(std::string(GetParam()) + ":crash:0").ok());
    if (world.StartMaster() && world.StartRangeServer("rs1")) world.AwaitRecovery();
    ASSERT_TRUE(world.dead());
    world.BuryMaster();
    world.StartAll();
    EXPECT_EQ(world.range_server->Serving().size(), first_start ? 3u : 4u);
    EXPECT_THAT(world.List("/sys"), ElementsAre("CATALOG", "METADATA"));
    EXPECT_EQ(world.OpenTable("/t").ok(), !first_start);
  }
}

INSTANTIATE_TEST_SUITE_P(EachStep, RecoveryCrashTest,
                         testing::Values("master.register.recorded", "master.recovery.after_seal",
                                         "master.recovery.after_root", "master.recovery.after_metadata",
                                         "master.recovery.after_catalog", "master.recovery.after_user"));

}  // namespace
}  // namespace cellar::master
