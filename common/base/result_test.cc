#include "common/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace cellar::common {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return InvalidArgument("odd");
  return value / 2;
}

Result<int> Quarter(int value) {
  ASSIGN_OR_RETURN(int half, Half(value));
  return Half(half);
}

Status CheckQuarter(int value) {
  RETURN_IF_ERROR(Quarter(value).status());
  return OkStatus();
}

TEST(ResultTest, Value_IsReachable) {
  Result<int> result = Quarter(12);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 3);
}

TEST(ResultTest, Error_TravelsThroughBothMacros) {
  EXPECT_EQ(Quarter(6).status().message(), "odd");
  EXPECT_EQ(CheckQuarter(6).message(), "odd");
  EXPECT_TRUE(CheckQuarter(8).ok());
}

TEST(ResultTest, MoveOnlyValue_MovesOut) {
  Result<std::unique_ptr<std::string>> result(std::make_unique<std::string>("x"));
  std::unique_ptr<std::string> value = std::move(result).value();
  EXPECT_EQ(*value, "x");
}

TEST(ResultDeathTest, ValueOfError_StopsTheProcess) {
  EXPECT_DEATH((void)Half(3).value(), "CHECK");
}

}  // namespace
}  // namespace cellar::common
