#include "server/status_pages.h"

#include <gtest/gtest.h>

namespace cellar::server {
namespace {

HttpResponse Ask(const StatusPages& pages, std::string path) {
  return pages.Answer({.path = std::move(path)});
}

TEST(StatusPagesTest, Health_FollowsTheDaemon) {
  common::MetricsRegistry metrics;
  StatusPages pages(metrics);
  EXPECT_EQ(Ask(pages, "/healthz").status, 503);
  EXPECT_EQ(Ask(pages, "/healthz").body, "starting\n");
  pages.SetHealth(Health::kReady);
  EXPECT_EQ(Ask(pages, "/healthz").status, 200);
  pages.SetHealth(Health::kStopping);
  EXPECT_EQ(Ask(pages, "/healthz").body, "stopping\n");
}

TEST(StatusPagesTest, Status_IsOneObject) {
  common::MetricsRegistry metrics;
  StatusPages pages(metrics);
  EXPECT_EQ(Ask(pages, "/status").body, "{}\n");
  pages.SetSection("ranges", [] { return std::string("[1, 2]"); });
  pages.SetSection("a\"b", [] { return std::string("{}"); });
  EXPECT_EQ(Ask(pages, "/status").body, "{\"a\\\"b\": {},\n \"ranges\": [1, 2]}\n");
  EXPECT_EQ(Ask(pages, "/status").content_type, "application/json");
  pages.RemoveSection("a\"b");
  EXPECT_EQ(Ask(pages, "/status").body, "{\"ranges\": [1, 2]}\n");
}

TEST(StatusPagesTest, Metrics_AreRefreshedFirst) {
  static constexpr auto kLevel = common::GaugeMetric("cellar_test_level", "things", "A level");
  common::MetricsRegistry metrics;
  StatusPages pages(metrics);
  Gauge& level = metrics.AddGauge(kLevel);
  pages.SetRefresh([&level] { level.Set(5); });
  EXPECT_NE(Ask(pages, "/metrics").body.find("\ncellar_test_level 5\n"), std::string::npos);
}

TEST(StatusPagesTest, UnknownPath_Is404) {
  common::MetricsRegistry metrics;
  StatusPages pages(metrics);
  EXPECT_EQ(Ask(pages, "/").status, 200);
  EXPECT_EQ(Ask(pages, "/favicon.ico").status, 404);
}

}  // namespace
}  // namespace cellar::server
