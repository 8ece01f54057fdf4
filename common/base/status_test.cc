#include "common/base/status.h"

#include <gtest/gtest.h>

#include <set>

namespace cellar::common {
namespace {

TEST(StatusTest, Default_IsOkAndHasNoMessage) {
  Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.message(), "");
  EXPECT_EQ(status.ToString(), "ok");
}

TEST(StatusTest, Error_KeepsCodeMessageAndDetailThroughCopy) {
  Status status = NotFound("table 'a'").WithDetail(22);
  Status copy = status;
  EXPECT_EQ(copy, status);
  EXPECT_EQ(copy.code(), StatusCode::kNotFound);
  EXPECT_EQ(copy.detail(), 22);
  EXPECT_EQ(copy.ToString(), "not found: table 'a'");
}

TEST(StatusTest, WithContext_PrependsAndLeavesOkAlone) {
  EXPECT_EQ(Corruption("bad crc").WithContext("cs3 at 4096").message(), "cs3 at 4096: bad crc");
  EXPECT_TRUE(OkStatus().WithContext("loading").ok());
}

TEST(StatusTest, CodeNames_AreAllDifferent) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(StatusCode::kCancelled); ++code) {
    names.insert(StatusCodeName(static_cast<StatusCode>(code)));
  }
  EXPECT_EQ(names.size(), 16u);
}

TEST(StatusDeathTest, OkCodeWithMessage_StopsTheProcess) {
  EXPECT_DEATH({ Status status(StatusCode::kOk, "no"); }, "CHECK");
}

}  // namespace
}  // namespace cellar::common
