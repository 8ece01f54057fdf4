#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/gateway/gateway_world.h"

namespace cellar::tests {

/// One Cellar and gateway for all tests of a suite; each test has a connection, and a namespace of its own.
class GatewayFixture : public testing::Test {
 protected:
  static void SetUpTestSuite() { world_ = new GatewayWorld(); }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
  }

  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    connection_->create_namespace(name);
    ns_ = connection_->open_namespace(name);
  }

  inline static GatewayWorld* world_ = nullptr;  ///< Suites run one after the other.
  GatewayConnection connection_{world_->port()};
  int64_t ns_ = 0;
};

}  // namespace cellar::tests
