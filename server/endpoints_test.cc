#include "server/endpoints.h"

#include <gtest/gtest.h>

namespace cellar::server {
namespace {

TEST(EndpointsTest, Offset_MovesAllButZero) {
  EXPECT_EQ(*OffsetPort(kHttpPort, 0), 15860);
  EXPECT_EQ(*OffsetPort(kGatewayPort, 100), 15967);
  EXPECT_EQ(*OffsetPort(0, 100), 0);
  EXPECT_EQ(*OffsetPort(1, 65534), 65535);
}

TEST(EndpointsTest, NoPort_IsRefused) {
  EXPECT_EQ(OffsetPort(15867, 60000).status().message(), "port 15867 with offset 60000 is no port");
  EXPECT_EQ(OffsetPort(15867, -15867).status().message(), "port 15867 with offset -15867 is no port");
  EXPECT_FALSE(OffsetPort(1, INT64_MAX).ok());
  EXPECT_EQ(OffsetPort(65536, 0).status().message(), "65536 is no port");
  EXPECT_FALSE(OffsetPort(-1, 5).ok());
}

TEST(EndpointsTest, ReadyLine_NamesAll) {
  EXPECT_EQ(ReadyLine("cellar", {{"gateway", "127.0.0.1", 15867}, {"http", "::1", 15860}}),
            "cellar ready: gateway=127.0.0.1:15867 http=[::1]:15860");
}

}  // namespace
}  // namespace cellar::server
