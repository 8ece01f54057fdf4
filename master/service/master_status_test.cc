#include "master/service/master_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/master_world.h"

namespace cellar::master {
namespace {

using testing::HasSubstr;

TEST(MasterStatusTest, Json_SaysWhoLivesAndWhatIsUnderWay) {
  MasterWorld world;
  world.StartAll();
  world.AwaitCollection();
  ASSERT_TRUE(world.CreateTable("/t", 1).ok());
  const auto json = nlohmann::json::parse(StatusAsJson(world.master().status()));
  EXPECT_EQ(json["term"], 1);
  EXPECT_EQ(json["recovered"], true);
  EXPECT_EQ(json["collected"], true);
  EXPECT_EQ(json["servers"][0]["location"], "rs1");
  EXPECT_EQ(json["servers"][0]["state"], "ready");
  EXPECT_EQ(json["operations"][0]["subject"], "/t");
  EXPECT_EQ(json["operations"][0]["done"], true);
  EXPECT_TRUE(json["problems"].empty());
}

TEST(MasterStatusTest, Json_ShowsAllOperationsUnderWayAndTheLastThatEnded) {
  protocol::MasterStatusResponse status;
  for (int i = 1; i <= 50; ++i) {
    protocol::OperationEntry& operation = status.operations.emplace_back();
    operation.id = i;
    operation.done = i != 3;
  }
  const auto json = nlohmann::json::parse(StatusAsJson(status));
  ASSERT_EQ(json["operations"].size(), 21u);
  EXPECT_EQ(json["operations"][0]["id"], 50);
  EXPECT_EQ(json["operations"][20]["id"], 3);
}

TEST(MasterStatusTest, Metrics_FollowTheStatus) {
  MetricsRegistry registry;
  MasterStatusMetrics metrics(registry);
  protocol::MasterStatusResponse status;
  status.term = 4;
  status.recovered = true;
  status.garbage_removed = 5;
  status.servers.emplace_back().state = "ready";
  status.operations.emplace_back().done = false;
  status.problems.push_back("one");
  metrics.Refresh(status);
  status.garbage_removed = 6;
  status.servers[0].state = "dead";
  metrics.Refresh(status);
  const std::string text = registry.PrometheusText();
  EXPECT_THAT(text, HasSubstr("cellar_master_term 4\n"));
  EXPECT_THAT(text, HasSubstr("cellar_master_garbage_removed_total 6\n"));
  EXPECT_THAT(text, HasSubstr("cellar_master_servers{state=\"dead\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("cellar_master_servers{state=\"ready\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("cellar_master_operations 1\n"));
  EXPECT_THAT(text, HasSubstr("cellar_master_problems 1\n"));
}

}  // namespace
}  // namespace cellar::master
