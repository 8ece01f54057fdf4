#include "master/service/master.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/values.h"
#include "tests/support/master_world.h"

namespace cellar::master {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kRoot = "0/0(..\"0/0;\"]";

TEST(MasterTest, FirstStart_MakesTheSystemTablesAndTheFirstNames) {
  MasterWorld world;
  world.StartAll();
  EXPECT_THAT(world.range_server->Serving(), ElementsAre("0/0(\"0/0;\"..]", kRoot, "0/1(..]"));
  EXPECT_THAT(world.List("/"), ElementsAre("sys/", "tmp/"));
  EXPECT_THAT(world.List("/sys"), ElementsAre("CATALOG", "METADATA"));
  EXPECT_TRUE(world.OpenTable("/sys/METADATA").ok());
  const auto status = world.MasterStatus();
  EXPECT_EQ(status.term, 1);
  EXPECT_TRUE(status.recovered);
  ASSERT_EQ(status.servers.size(), 1u);
  EXPECT_EQ(status.servers[0].location, "rs1");
  EXPECT_EQ(status.servers[0].state, "ready");
  EXPECT_TRUE(status.problems.empty());
}

TEST(MasterTest, Restart_GrantsEveryRangeAnewWithTheDeadOwnersLog) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.CreateTable("/t", 1).ok());
  world.StopMaster();
  world.StartAll();
  EXPECT_EQ(world.range_server->Serving().size(), 4u);
  for (const model::RangeRecord& row : world.range_server->Rows()) {
    EXPECT_EQ(row.incarnation.get().term, 2u) << row.range.ToString();
    EXPECT_EQ(row.epoch.get().term, 2u);
    EXPECT_EQ(row.state, model::RangeState::kServing);
    ASSERT_EQ(row.log_refs.size(), 1u);
    EXPECT_EQ(row.log_refs[0].incarnation.get().term, 1u);
    const auto late = world.disk.Create(row.log_refs[0].Directory() + "/x", row.log_refs[0].incarnation);
    EXPECT_TRUE(late.status().Is(StatusCode::kFenced)) << late.status().ToString();
  }
}

TEST(MasterTest, ServerThatComesAgain_IsRecoveredUnderTheSameMaster) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.CreateTable("/t", 1).ok());
  ASSERT_TRUE(world.StartRangeServer("rs1"));
  world.AwaitRecovery();
  EXPECT_EQ(world.range_server->Serving().size(), 4u);
  EXPECT_EQ(world.MasterStatus().servers.size(), 1u);
}

TEST(MasterTest, CorruptRange_StaysOfflineAndIsNamed) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.CreateTable("/a", 1).ok());
  ASSERT_TRUE(world.CreateTable("/b", 2).ok());
  world.range_server->RefuseLoad("1/1(..]", common::Corruption("servers/rs1/x: damaged at 77"));
  ASSERT_TRUE(world.StartRangeServer("rs1"));
  world.AwaitRecovery();
  EXPECT_TRUE(world.master().recovered());
  EXPECT_EQ(world.range_server->Serving().count("1/1(..]"), 0u);
  EXPECT_EQ(world.range_server->Serving().count("1/2(..]"), 1u);
  const auto status = world.MasterStatus();
  ASSERT_EQ(status.problems.size(), 1u);
  EXPECT_THAT(status.problems[0], HasSubstr("damaged at 77"));
}

TEST(MasterTest, ServerWithAWrongClock_IsRefusedByName) {
  MasterWorld world;
  ASSERT_TRUE(world.StartMaster());
  protocol::RegisterServerRequest request;
  request.address = "server:15865";
  request.wall_clock = world.master_node().clock().WallNow() + 5 * kSecond;
  const auto refused = world.Ask(world.stub.RegisterServer(MasterWorld::kMasterAddress, request, world.In(kSecond)));
  EXPECT_TRUE(refused.status().Is(StatusCode::kInvalidArgument));
  EXPECT_THAT(refused.status().ToString(), HasSubstr("the clock of the range server at server:15865 is off by"));
}

TEST(MasterTest, Registration_GivesOutEachNumberOnce) {
  MasterWorld world;
  ASSERT_TRUE(world.StartMaster());
  protocol::RegisterServerRequest request;
  request.wall_clock = world.master_node().clock().WallNow();
  std::set<int64_t> blocks;
  for (int i = 1; i <= 3; ++i) {
    request.address = "server" + std::to_string(i) + ":15865";
    auto answer = world.Ask(world.stub.RegisterServer(MasterWorld::kMasterAddress, request, world.In(kSecond)));
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    EXPECT_EQ(answer->location, "rs" + std::to_string(i));
    EXPECT_TRUE(blocks.insert(answer->file_id_block).second);
  }
  world.StopMaster();
  ASSERT_TRUE(world.StartMaster());
  request.address = "server4:15865";
  auto answer = world.Ask(world.stub.RegisterServer(MasterWorld::kMasterAddress, request, world.In(kSecond)));
  EXPECT_EQ(answer->location, "rs4");
  EXPECT_TRUE(blocks.insert(answer->file_id_block).second);
  EXPECT_EQ(answer->incarnation.term, 2);
}

TEST(MasterTest, ServerWithoutALocation_GetsTheOneThatListenedAtItsAddress) {
  MasterWorld world;
  ASSERT_TRUE(world.StartMaster());
  protocol::RegisterServerRequest request;
  request.wall_clock = world.master_node().clock().WallNow();
  std::vector<std::string> locations;
  Incarnation last;
  for (const std::string& address : {"a:1", "b:1", "a:1", "a:2"}) {
    request.address = address;
    auto answer = world.Ask(world.stub.RegisterServer(MasterWorld::kMasterAddress, request, world.In(kSecond)));
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    locations.push_back(answer->location);
    const Incarnation incarnation(protocol::FromMessage(answer->incarnation));
    EXPECT_GT(incarnation, last);
    last = incarnation;
  }
  EXPECT_THAT(locations, testing::ElementsAre("rs1", "rs2", "rs1", "rs3"));
}

TEST(MasterTest, GivenUpIncarnation_IsFencedWhenItSaysReady) {
  MasterWorld world;
  world.StartAll();
  protocol::ServerReadyRequest ready;
  ready.location = "rs1";
  ready.incarnation.term = 1;
  ready.incarnation.counter = 0;
  const Status status = world.Ask(world.stub.ServerReady(MasterWorld::kMasterAddress, ready, world.In(kSecond)));
  EXPECT_TRUE(status.Is(StatusCode::kFenced)) << status.ToString();
}

/// A range server's session in the process of the master, which holds its lock.
Task<Result<std::unique_ptr<LockSession>>> HoldServerLock(LockService* locks, Incarnation incarnation) {
  const lockservice::SessionOptions options("rs1", 600 * kSecond);
  CO_TRY(std::unique_ptr<LockSession> session, co_await locks->OpenSession(options));
  auto lock = co_await session->Acquire("/servers/rs1", lockservice::LockMode::kExclusive, Deadline(0));
  if (!lock.ok()) co_return std::move(lock).status();
  lockservice::Attributes attributes;
  attributes["address"] = "server:15865";
  attributes["incarnation"] = incarnation.get().ToString();
  auto written = co_await session->Write("/servers/rs1", std::move(attributes), std::nullopt);
  if (!written.ok()) co_return std::move(written).status();
  co_return std::move(session);
}

TEST(MasterTest, ServerWhoseLockFalls_IsDead) {
  MasterWorld world;
  world.StartAll();
  const Incarnation incarnation = world.range_server->Rows()[0].incarnation;
  auto session = world.world.Run(world.master_node(), HoldServerLock(&world.locks(), incarnation));
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  world.world.RunFor(kSecond);
  EXPECT_EQ(world.MasterStatus().servers[0].state, "ready");
  EXPECT_TRUE(world.world.Run(world.master_node(), (*session)->Close()).ok());
  world.world.RunFor(kSecond);
  EXPECT_EQ(world.MasterStatus().servers[0].state, "dead");
}

TEST(MasterTest, ServerWhoseLockFellBeforeItWasSeen_IsDead) {
  MasterWorld world;
  world.options.unlocked_patience = 5 * kSecond;
  ASSERT_TRUE(world.StartMaster());
  ASSERT_TRUE(world.StartRangeServer(""));
  EXPECT_EQ(world.MasterStatus().servers[0].state, "ready");
  world.world.RunFor(6 * kSecond);
  EXPECT_EQ(world.MasterStatus().servers[0].state, "dead");
}

TEST(MasterTest, ServerThatNeverGetsReady_IsGivenUp) {
  MasterWorld world;
  ASSERT_TRUE(world.StartMaster());
  protocol::RegisterServerRequest request;
  request.wall_clock = world.master_node().clock().WallNow();
  request.address = "server:15865";
  auto answer = world.Ask(world.stub.RegisterServer(MasterWorld::kMasterAddress, request, world.In(kSecond)));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  const Incarnation incarnation(protocol::FromMessage(answer->incarnation));
  auto session = world.world.Run(world.master_node(), HoldServerLock(&world.locks(), incarnation));
  ASSERT_TRUE(session.ok()) << session.status().ToString();

  world.world.RunFor(250 * kSecond);
  EXPECT_EQ(world.MasterStatus().servers[0].state, "registered") << "it holds its lock, so it may still get ready";
  EXPECT_TRUE(world.world.Run(world.master_node(), (*session)->Close()).ok());
  world.world.RunFor(250 * kSecond);
  EXPECT_EQ(world.MasterStatus().servers[0].state, "dead");
}

TEST(MasterTest, SessionThatEnds_IsFatal) {
  MasterWorld world;
  world.StartAll();
  EXPECT_TRUE(world.fatal.ok());
  world.EndMasterSession();
  world.world.RunFor(30 * kSecond);
  EXPECT_TRUE(world.fatal.Is(StatusCode::kFenced)) << world.fatal.ToString();
}

TEST(MasterTest, OrdersAndRowMutations_CarryTheTerm) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.CreateNamespace("/n", 1).ok());
  EXPECT_EQ(world.range_server->master_terms(), (std::set<int64_t>{1}));
  world.StopMaster();
  world.StartAll();
  ASSERT_TRUE(world.CreateNamespace("/m", 2).ok());
  EXPECT_EQ(world.range_server->master_terms(), (std::set<int64_t>{1, 2}));
}

TEST(MasterTest, LaterTerm_KeepsThisMasterFromRefusing) {
  MasterWorld world;
  world.StartAll();
  ASSERT_TRUE(world.CreateNamespace("/n", 1).ok());
  EXPECT_TRUE(world.CreateNamespace("/n", 2).Is(StatusCode::kAlreadyExists));
  auto later = world.world.Run(world.client_node, MasterLog::Claim(world.client_node, world.disk, ClusterId()));
  ASSERT_TRUE(later.ok());
  // For all that this master knows, the later one has just created it for request 3.
  const Status status = world.CreateNamespace("/n", 3);
  EXPECT_TRUE(status.Is(StatusCode::kUnavailable)) << status.ToString();
  EXPECT_TRUE(world.fatal.Is(StatusCode::kFenced)) << world.fatal.ToString();
}

TEST(MasterTest, LaterTerm_EndsThisMasterAtItsNextRecord) {
  MasterWorld world;
  world.StartAll();
  auto later = world.world.Run(world.client_node, MasterLog::Claim(world.client_node, world.disk, ClusterId()));
  ASSERT_TRUE(later.ok());
  EXPECT_FALSE(world.CreateNamespace("/n", 1).ok());
  EXPECT_TRUE(world.fatal.Is(StatusCode::kFenced)) << world.fatal.ToString();
}

}  // namespace
}  // namespace cellar::master
