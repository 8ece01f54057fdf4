#include "rangeserver/service/server_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/metadata_row.h"
#include "protocol/values.h"

namespace cellar::rangeserver {
namespace {

using testing::HasSubstr;

protocol::ServerStatusResponse Sample() {
  protocol::ServerStatusResponse status;
  status.location = "rs1";
  status.incarnation.term = 3;
  status.incarnation.counter = 1;
  status.memory_bytes = 700;
  status.block_cache_bytes = 50;
  status.scanner_count = 2;
  status.cells_read = 40;
  status.bytes_read = 4000;
  status.files_under_way.push_back(7);
  protocol::RangeStats& range = status.ranges.emplace_back();
  range.range = protocol::ToRangeId(model::RangeKey(model::TableId{1, 7}, std::nullopt, std::string("m\xff")));
  range.state = "serving";
  range.cache_bytes = 700;
  range.store_count = 3;
  range.store_bytes = 9000;
  protocol::LogStats& log = status.logs.emplace_back();
  log.log_class = "user";
  log.bytes = 1234;
  log.fragments = 2;
  log.groups = 5;
  log.batches = 10;
  log.cells = 100;
  log.problem = "no space";
  protocol::CompactionStats& minor = status.compactions.emplace_back();
  minor.kind = "minor";
  minor.running = 1;
  minor.ended = 4;
  return status;
}

TEST(ServerStatusTest, Json_SaysWhatTheServerDoes) {
  const auto json = nlohmann::json::parse(StatusAsJson(Sample()));
  EXPECT_EQ(json["location"], "rs1");
  EXPECT_EQ(json["incarnation"], "3.1");
  EXPECT_EQ(json["ranges"][0]["range"], "1/7(..\"m\\xff\"]");
  EXPECT_EQ(json["ranges"][0]["stores"], 3);
  EXPECT_EQ(json["logs"]["user"]["cells_written"], 100);
  EXPECT_EQ(json["logs"]["user"]["problem"], "no space");
  EXPECT_EQ(json["compactions"]["minor"]["running"], 1);
  EXPECT_EQ(json["files_under_way"], 1);
}

TEST(ServerStatusTest, Metrics_FollowTheStatus) {
  MetricsRegistry registry;
  ServerStatusMetrics metrics(registry);
  protocol::ServerStatusResponse status = Sample();
  metrics.Refresh(status);
  status.logs[0].cells = 150;
  status.ranges.clear();
  metrics.Refresh(status);
  const std::string text = registry.PrometheusText();
  EXPECT_THAT(text, HasSubstr("cellar_rangeserver_cells_written_total{log=\"user\"} 150\n"));
  EXPECT_THAT(text, HasSubstr("cellar_rangeserver_cells_read_total 40\n"));
  EXPECT_THAT(text, HasSubstr("cellar_rangeserver_ranges{state=\"serving\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("cellar_rangeserver_compactions_total{kind=\"minor\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("cellar_rangeserver_log_fragments{log=\"user\"} 2\n"));
}

}  // namespace
}  // namespace cellar::rangeserver
