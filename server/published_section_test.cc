#include "server/published_section.h"

#include <gtest/gtest.h>

namespace cellar::server {
namespace {

std::string StatusOf(const StatusPages& pages) {
  HttpRequest request;
  request.path = "/status";
  return pages.Answer(request).body;
}

TEST(PublishedSectionTest, ShowsWhatWasPublishedLast_AndGoesWithItsObject) {
  MetricsRegistry metrics;
  StatusPages pages(metrics);
  {
    PublishedSection section(pages, "role");
    EXPECT_EQ(StatusOf(pages), "{\"role\": null}\n");
    section.Publish("{\"a\": 1}");
    section.Publish("{\"a\": 2}");
    EXPECT_EQ(StatusOf(pages), "{\"role\": {\"a\": 2}}\n");
  }
  EXPECT_EQ(StatusOf(pages), "{}\n");
}

}  // namespace
}  // namespace cellar::server
