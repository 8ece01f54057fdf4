#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/master/methods.h"
#include "protocol/message.h"
#include "tests/support/master_world.h"

namespace cellar::master {
namespace {

using testing::HasSubstr;

/// Writes a node's attributes by a session of its own, which it leaves open.
Task<Status> WriteNode(LockService* locks, std::string path, lockservice::Attributes attributes, bool takes_lock) {
  const lockservice::SessionOptions options("test", 600 * kSecond);
  CO_TRY(const std::unique_ptr<LockSession> session, co_await locks->OpenSession(options));
  const Status made = co_await session->Create(path, lockservice::NodeKind::kPersistent, attributes);
  if (!made.ok() && !made.Is(StatusCode::kAlreadyExists)) co_return made;
  if (takes_lock) {
    const auto lock = co_await session->Acquire(path, lockservice::LockMode::kExclusive, Deadline(0));
    if (!lock.ok()) co_return lock.status();
  }
  const auto written = co_await session->Write(path, std::move(attributes), std::nullopt);
  co_return written.status();
}

class LockServiceLossTest : public testing::Test {
 protected:
  /// Starts everything again; how long it took until every range was served.
  Nanos TimeToRecover() {
    const Nanos begin = world_.world.now();
    EXPECT_TRUE(world_.StartMaster()) << world_.refusal.ToString();
    EXPECT_TRUE(world_.StartRangeServer("rs1"));
    world_.AwaitRecovery();
    EXPECT_TRUE(world_.master().recovered());
    return world_.world.now() - begin;
  }
  Nanos bound() const { return LeaseEnds::LongestRest(world_.options.lease); }

  MasterWorld world_;
};

TEST_F(LockServiceLossTest, LockServiceThatRemembers_ProvesDeathsAtOnce) {
  world_.StartAll();
  world_.StopMaster();
  EXPECT_LT(TimeToRecover(), kSecond);
}

TEST_F(LockServiceLossTest, EmptiedLockService_MakesNewOwnersWaitForTheLeases) {
  world_.StartAll();
  world_.StopMaster();
  world_.lock_store = {};
  EXPECT_GE(TimeToRecover(), bound());
  world_.StopMaster();
  EXPECT_LT(TimeToRecover(), kSecond);  // those who died now were granted by this lock service
}

TEST_F(LockServiceLossTest, EmptiedLockService_IsKnownToTheNextMasterToo) {
  world_.StartAll();
  world_.StopMaster();
  world_.lock_store = {};
  ASSERT_TRUE(world_.StartMaster());
  world_.StopMaster();
  EXPECT_GE(TimeToRecover(), bound());
}

TEST_F(LockServiceLossTest, LockServiceThatWasSetBack_MakesNewOwnersWait) {
  world_.StartAll();
  const lockservice::MemoryLockStore before = world_.lock_store;
  ASSERT_TRUE(world_.StartRangeServer("rs1"));
  world_.StopMaster();
  world_.lock_store = before;
  EXPECT_GE(TimeToRecover(), bound());
}

TEST_F(LockServiceLossTest, LockServiceSetBackUnderAMaster_EndsTheMaster) {
  world_.StartAll();
  lockservice::Attributes earlier;
  earlier["mark"] = "1.1";
  ASSERT_TRUE(world_.world.Run(world_.master_node(), WriteNode(&world_.locks(), "/cluster", earlier, false)).ok());
  EXPECT_FALSE(world_.Ask(world_.stub.ServerReady(MasterWorld::kMasterAddress, {}, world_.In(kSecond))).ok());
  protocol::RegisterServerRequest request;
  request.__set_location("rs1");
  request.address = "server:15865";
  request.wall_clock = world_.master_node().clock().WallNow();
  const auto answer =
      world_.Ask(world_.stub.RegisterServer(MasterWorld::kMasterAddress, std::move(request), world_.In(kSecond)));
  EXPECT_FALSE(answer.ok());
  EXPECT_TRUE(world_.fatal.Is(StatusCode::kFenced)) << world_.fatal.ToString();
}

TEST_F(LockServiceLossTest, LockServiceThatForgotTheMastersAddress_EndsTheMaster) {
  world_.StartAll();
  lockservice::Attributes earlier;
  earlier["address"] = "";
  ASSERT_TRUE(world_.world.Run(world_.master_node(), WriteNode(&world_.locks(), "/master", earlier, false)).ok());
  world_.world.RunFor(kSecond);
  EXPECT_TRUE(world_.fatal.Is(StatusCode::kFenced)) << world_.fatal.ToString();
}

TEST_F(LockServiceLossTest, HolderOfALock_MayBeAnyLifeFromTheOneNamedOn) {
  const auto number = [](uint64_t counter) { return Incarnation(FencingNumber{2, counter}); };
  lockservice::NodeState node;
  node.attributes["incarnation"] = number(5).get().ToString();
  EXPECT_FALSE(MayBeHeldBy(node, number(5)));
  node.holds.emplace_back();
  EXPECT_TRUE(MayBeHeldBy(node, number(5)));
  EXPECT_TRUE(MayBeHeldBy(node, number(6))) << "that it wrote its own may have been forgotten";
  EXPECT_FALSE(MayBeHeldBy(node, number(4)));
  node.attributes["incarnation"] = "nonsense";
  EXPECT_TRUE(MayBeHeldBy(node, number(4)));
  node.attributes.clear();
  EXPECT_TRUE(MayBeHeldBy(node, number(4)));
}

TEST_F(LockServiceLossTest, LocationWhoseLockIsHeld_IsNotGivenToAnother) {
  world_.StartAll();
  lockservice::Attributes holder;
  holder["incarnation"] = world_.range_server->Rows()[0].incarnation.get().ToString();
  ASSERT_TRUE(world_.world.Run(world_.master_node(), WriteNode(&world_.locks(), "/servers/rs1", holder, true)).ok());
  protocol::RegisterServerRequest request;
  request.__set_location("rs1");
  request.address = "other:15865";
  request.wall_clock = world_.master_node().clock().WallNow();
  const auto answer =
      world_.Ask(world_.stub.RegisterServer(MasterWorld::kMasterAddress, std::move(request), world_.In(20 * kSecond)));
  EXPECT_TRUE(answer.status().Is(StatusCode::kBusy)) << answer.status().ToString();
  EXPECT_EQ(world_.MasterStatus().servers[0].state, "ready");
}

TEST_F(LockServiceLossTest, OtherClustersLockService_IsRefusedByNameAndLeftAlone) {
  world_.StartAll();
  lockservice::Attributes other;
  other["id"] = "00000000-0000-4000-8000-000000000001";
  ASSERT_TRUE(world_.world.Run(world_.master_node(), WriteNode(&world_.locks(), "/cluster", other, false)).ok());
  world_.StopMaster();
  const auto before = world_.lock_store.Entities().size();
  EXPECT_FALSE(world_.StartMaster());
  EXPECT_TRUE(world_.refusal.Is(StatusCode::kInvalidArgument));
  EXPECT_THAT(world_.refusal.ToString(), HasSubstr("two clusters on one lock service path: /cluster is cluster "
                                                   "00000000-0000-4000-8000-000000000001's"));
  EXPECT_LE(world_.lock_store.Entities().size(), before);
}

/// Answers MasterStatus.
Task<Result<rpc::Response>> SayStatus() {
  co_return rpc::Response(protocol::EncodeMessage(protocol::MasterStatusResponse()));
}

TEST_F(LockServiceLossTest, PredecessorUnderAnotherLockService_IsAnotherClusterWhileItAnswers) {
  world_.StartAll();
  world_.StopMaster();
  auto log = world_.world.Run(world_.client_node, MasterLog::Claim(world_.client_node, world_.disk, ClusterId()));
  ASSERT_TRUE(log.ok());
  LockServiceEntity entity;
  entity.nonce = "another";
  entity.address = "client:77";
  ASSERT_TRUE(world_.world.Run(world_.client_node, (*log)->Save(entity)).ok());
  rpc::MemoryTransport transport(world_.network, world_.client_node);
  auto server = std::make_unique<rpc::RpcServer>(world_.client_node, transport, rpc::RpcServerOptions());
  server->Register(rpc::MethodId(static_cast<uint16_t>(protocol::MasterMethod::kMasterStatus)),
                   [](rpc::CallInfo, rpc::Request) { return SayStatus(); });
  ASSERT_TRUE(server->Start(rpc::Address("client", 77)).ok());
  EXPECT_FALSE(world_.StartMaster());
  EXPECT_TRUE(world_.refusal.Is(StatusCode::kConflict));
  EXPECT_THAT(world_.refusal.ToString(), HasSubstr("two clusters on one data directory: the master at client:77"));
  world_.StopMaster();
  world_.world.Run(world_.client_node, server->Stop(Deadline(0)));
  server.reset();
  EXPECT_GE(TimeToRecover(), bound());
}

}  // namespace
}  // namespace cellar::master
