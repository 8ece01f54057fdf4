#include "common/base/cluster_id.h"

#include <gtest/gtest.h>

namespace cellar::common {
namespace {

constexpr std::string_view kText = "00112233445566778899aabbccddeeff";

TEST(ClusterIdTest, Text_RoundTrips) {
  const Result<ClusterId> id = ClusterId::Parse(kText);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->ToString(), kText);
  EXPECT_EQ(id->bytes[1], 0x11);
  EXPECT_EQ(ClusterId::FromBytes(id->view()), *id);
}

TEST(ClusterIdTest, BadText_IsRefused) {
  EXPECT_TRUE(ClusterId::Parse("0011").status().Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(ClusterId::Parse("00112233445566778899AABBCCDDEEFF").status().Is(StatusCode::kInvalidArgument));
}

TEST(ClusterIdTest, AllZeros_IsNone) {
  EXPECT_TRUE(ClusterId().is_none());
  EXPECT_FALSE(ClusterId::Parse(kText)->is_none());
}

}  // namespace
}  // namespace cellar::common
