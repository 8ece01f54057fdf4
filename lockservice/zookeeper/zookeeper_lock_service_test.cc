#include "lockservice/zookeeper/zookeeper_lock_service.h"

#include <gtest/gtest.h>

#include "lockservice/lock_service_conformance.h"
#include "tests/support/zookeeper_lock_harness.h"

namespace cellar::lockservice {
namespace {

using tests::SharedZooKeeper;
using tests::ZooKeeperLockHarness;
using tests::ZooKeeperProcessOptions;

SharedZooKeeper& OneServer() {
  static SharedZooKeeper zookeeper{ZooKeeperProcessOptions()};
  return zookeeper;
}

std::unique_ptr<LockServiceHarness> Make() {
  return std::make_unique<ZooKeeperLockHarness>(OneServer());
}

INSTANTIATE_TEST_SUITE_P(ZooKeeper, LockServiceConformance, testing::Values(&Make));

}  // namespace
}  // namespace cellar::lockservice
