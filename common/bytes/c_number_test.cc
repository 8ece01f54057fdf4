#include "common/bytes/c_number.h"

#include <gtest/gtest.h>

#include <string_view>

namespace cellar::common {
namespace {

TEST(CNumberTest, Prefix_SaysTheBaseAndIsTakenOff) {
  struct Case {
    std::string_view text;
    int base;
    std::string_view digits;
  };
  for (const Case& one : {Case{"12", 10, "12"}, Case{"0", 10, "0"}, Case{"017", 8, "17"}, Case{"0x1f", 16, "1f"},
                          Case{"0XA", 16, "A"}, Case{"0x", 8, "x"}, Case{"", 10, ""}}) {
    std::string_view digits = one.text;
    EXPECT_EQ(TakeCBase(&digits), one.base) << one.text;
    EXPECT_EQ(digits, one.digits) << one.text;
  }
}

}  // namespace
}  // namespace cellar::common
