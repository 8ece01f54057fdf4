#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/gateway/gateway_world.h"
#include "tests/gateway/raw_connection.h"

// What a gateway with small bounds does at them, and what it counts.

namespace cellar::tests {
namespace {

using testing::HasSubstr;

class GatewayLimitsTest : public testing::Test {
 protected:
  static thrift::GatewayOptions SmallOptions() {
    thrift::GatewayOptions options;
    options.max_frame_bytes = 64 << 10;
    options.max_connections = 4;
    options.object_idle = 2 * kSecond;
    options.slow_call = 1;  // all are
    return options;
  }

  void SetUp() override {
    connection_->create_namespace("limits");
    ns_ = connection_->open_namespace("limits");
    connection_->table_create(ns_, "t", SchemaOfFamily("a"));
  }

  GatewayWorld world_{SmallOptions()};
  GatewayConnection connection_{world_.port()};
  int64_t ns_ = 0;
};

TEST_F(GatewayLimitsTest, ALongerRequestEndsItsConnection_AndALongerAnswerIsRefused) {
  for (int i = 0; i < 2; ++i) {
    connection_->set_cell_as_array(ns_, "t", {"r" + std::to_string(i), "a", "", std::string(40'000, 'v')});
  }
  std::vector<api::Cell> cells;
  EXPECT_EQ(CodeOf([&] { connection_->get_cells(cells, ns_, "t", api::ScanSpec()); }), 3);
  std::string packed;
  EXPECT_EQ(CodeOf([&] { connection_->get_cells_serialized(packed, ns_, "t", api::ScanSpec()); }), 3);
  api::HqlResult result;
  EXPECT_EQ(CodeOf([&] { connection_->hql_query(result, ns_, "SELECT * FROM t"); }), 3);
  connection_->get_row(cells, ns_, "t", "r0");
  EXPECT_EQ(cells.size(), 1U) << "the connection goes on";
  RawConnection raw(world_.port());
  raw.SendFrame(CallOf("status", std::string(64 << 10, 'x')));
  EXPECT_EQ(raw.Receive(), "closed");
}

TEST_F(GatewayLimitsTest, WhatNobodyUsesGoes_ButNamespacesStay) {
  const int64_t scanner = connection_->open_scanner(ns_, "t", api::ScanSpec());
  const int64_t future = connection_->open_future(0);
  connection_->open_scanner_async(ns_, "t", future, api::ScanSpec());
  connection_->open_mutator_async(ns_, "t", future, 0);
  const int64_t mutator = connection_->open_mutator(ns_, "t", 0, 0);
  connection_->mutator_set_cell_as_array(mutator, {"kept", "a", "", "v"});
  EXPECT_TRUE(Eventually([&] { return world_.gateway().counts().objects == 1; })) << world_.gateway().StatusJson();
  std::vector<api::Cell> cells;
  EXPECT_EQ(CodeOf([&] { connection_->next_cells(cells, scanner); }), 0x90001);
  EXPECT_EQ(CodeOf([&] { connection_->flush_mutator(mutator); }), 0x90002);
  EXPECT_EQ(CodeOf([&] { connection_->future_is_empty(future); }), 0x90004);
  EXPECT_TRUE(connection_->exists_table(ns_, "t"));
  EXPECT_TRUE(Eventually([&] {
    connection_->get_row(cells, ns_, "t", "kept");
    return cells.size() == 1;
  })) << "what a mutator held is written";
}

TEST_F(GatewayLimitsTest, CallsAreCountedByMethod_AndSlowOnesLogged) {
  EXPECT_FALSE(connection_->exists_table(ns_, "none"));
  EXPECT_EQ(CodeOf([&] { connection_->drop_table(ns_, "none", false); }), 22);
  const std::string metrics = world_.metrics().PrometheusText();
  EXPECT_THAT(metrics, HasSubstr("cellar_gateway_call_seconds_count{method=\"exists_table\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("cellar_gateway_call_failures_total{method=\"drop_table\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("cellar_gateway_call_failures_total{method=\"exists_table\"} 0"));
  EXPECT_TRUE(world_.log().Contains("slow call method=drop_table"));
  EXPECT_TRUE(world_.log().Contains("table=none"));
}

TEST_F(GatewayLimitsTest, ConnectionsBeyondTheMostAreTurnedAway) {
  std::vector<std::unique_ptr<RawConnection>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<RawConnection>(world_.port()));
    held.back()->SendFrame(CallOf("status"));
    EXPECT_THAT(held.back()->Receive(), HasSubstr("status"));
  }
  RawConnection one_more(world_.port());
  one_more.SendFrame(CallOf("status"));
  EXPECT_EQ(one_more.Receive(), "closed");
  held.pop_back();
  EXPECT_TRUE(Eventually([&] {
    RawConnection again(world_.port());
    again.SendFrame(CallOf("status"));
    return again.Receive() != "closed";
  }));
}

}  // namespace
}  // namespace cellar::tests
