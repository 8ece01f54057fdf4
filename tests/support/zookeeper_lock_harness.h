#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/time/system_clock.h"
#include "lockservice/lock_service_harness.h"
#include "lockservice/zookeeper/zookeeper_lock_service.h"
#include "tests/support/pumped_executor.h"
#include "tests/support/zookeeper_process.h"

namespace cellar::tests {

/// A ZooKeeper that the tests of one process share, each below a path of its own.
struct SharedZooKeeper {
  explicit SharedZooKeeper(ZooKeeperProcessOptions options) : process(options) { process.Start(); }

  std::string NextPath() { return "/test/" + std::to_string(++paths); }

  ZooKeeperProcess process;
  int paths = 0;
};

/// Lock service, client and test on one thread, in real time, over a real ZooKeeper.
class ZooKeeperLockHarness : public lockservice::LockServiceHarness {
 public:
  /// Borrows `zookeeper`.
  explicit ZooKeeperLockHarness(SharedZooKeeper& shared, Nanos call_timeout = 5 * kSecond)
      : zookeeper(shared), executor_(clock_) {
    options.call_timeout = call_timeout;
    options.servers = zookeeper.process.addresses();
    options.path = zookeeper.NextPath();
    options.password = "secret";
    service_ = OpenService();
  }

  Executor& executor() override { return executor_; }
  LockService& service() override { return *service_; }
  Nanos lease() const override { return 2 * kSecond; }
  void RunToEnd(Task<void> task) override { executor_.Run(std::move(task)); }
  void PassTime(Nanos duration) override { executor_.RunFor(duration); }

  /// Every server in turn, so that there is a moment for each at which it is not there.
  bool RestartService() override {
    for (int index = 0; index < zookeeper.process.size(); ++index) {
      zookeeper.process.Kill(index);
      zookeeper.process.Start();
      WaitUntilReachable();
    }
    return true;
  }

  /// Nobody writes meanwhile, so a copy of the running servers' files has all that was answered.
  void KeepService() override { zookeeper.process.Save(); }
  /// A client that has seen more than the servers know is refused until they know more: so changes are made.
  bool SetServiceBack() override {
    zookeeper.process.KillAll();
    zookeeper.process.Restore();
    zookeeper.process.Start();
    WaitUntilReachable();
    const lockservice::SessionOptions busy_session("busy", 10 * kSecond);
    auto busy = Await(service_->OpenSession(busy_session));
    EXPECT_TRUE(busy.ok()) << busy.status().ToString();
    for (int i = 0; busy.ok() && i < kChangesToCatchUp; ++i) {
      EXPECT_TRUE(Await((*busy)->Create("/busy", lockservice::NodeKind::kPersistent, {})).ok());
      EXPECT_TRUE(Await((*busy)->Remove("/busy")).ok());
    }
    if (busy.ok()) EXPECT_TRUE(Await((*busy)->Close()).ok());
    return true;
  }

  void WaitUntilReachable() {
    for (int tries = 0; tries < 200; ++tries) {
      if (Await(service_->Read("/")).ok()) return;
      PassTime(50 * kMillisecond);
    }
    FAIL() << "ZooKeeper does not come back";
  }

  Result<std::unique_ptr<lockservice::ZooKeeperLockService>> TryOpen(lockservice::ZooKeeperOptions other) {
    return Await(lockservice::ZooKeeperLockService::Open(std::move(other), executor_, Logger()));
  }
  /// One more client of the same tree.
  std::unique_ptr<lockservice::ZooKeeperLockService> OpenService() {
    auto opened = TryOpen(options);
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    return std::move(opened).value();
  }

  SharedZooKeeper& zookeeper;
  lockservice::ZooKeeperOptions options;

 private:
  static constexpr int kChangesToCatchUp = 50;

  common::SystemClock clock_;
  PumpedExecutor executor_;
  std::unique_ptr<lockservice::ZooKeeperLockService> service_;
};

}  // namespace cellar::tests
