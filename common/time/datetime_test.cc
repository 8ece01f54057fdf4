#include "common/time/datetime.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <limits>
#include <string>

#include "common/random/random.h"

namespace cellar::common {
namespace {

/// Sets the zone of the process for one test.
class LocalZone {
 public:
  explicit LocalZone(const char* zone) {
    const char* const old = ::getenv("TZ");
    had_ = old != nullptr;
    if (had_) old_ = old;
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  ~LocalZone() {
    had_ ? ::setenv("TZ", old_.c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }

 private:
  bool had_ = false;
  std::string old_;
};

Nanos Parsed(std::string_view text) {
  const Result<Nanos> time = ParseDateTime(text);
  EXPECT_TRUE(time.ok()) << text << ": " << time.status().ToString();
  return time.ok() ? *time : 0;
}

constexpr Nanos kBillion = 1'000'000'000 * kSecond;  // 2001-09-09 01:46:40 UTC

TEST(DateTimeTest, EveryForm_WithZone) {
  EXPECT_EQ(Parsed("2001-09-09 01:46:40Z"), kBillion);
  EXPECT_EQ(Parsed("2001-09-09T01:46:40Z"), kBillion);
  EXPECT_EQ(Parsed("2001-09-09 01:46Z"), kBillion - 40 * kSecond);
  EXPECT_EQ(Parsed("1970-01-01Z"), 0);
  EXPECT_EQ(Parsed("2001-09-09 01:46:40.5Z"), kBillion + kSecond / 2);
  EXPECT_EQ(Parsed("2001-09-09 01:46:40.123456789Z"), kBillion + 123456789);
  EXPECT_EQ(Parsed("2001-09-09 01:46:40:5Z"), kBillion + 5);
  EXPECT_EQ(Parsed("2001-09-09 03:46:40+02:00"), kBillion);
  EXPECT_EQ(Parsed("2001-09-08 20:16:40-05:30"), kBillion);
  EXPECT_EQ(Parsed("1969-12-31 23:59:59.999999999Z"), -1);
  EXPECT_EQ(Parsed("2024-02-29Z") - Parsed("2024-02-28Z"), 86400 * kSecond);
}

TEST(DateTimeTest, NoZone_IsLocal) {
  const LocalZone zone("EST5EDT,M3.2.0,M11.1.0");
  EXPECT_EQ(Parsed("2001-01-01"), Parsed("2001-01-01 05:00Z"));
  EXPECT_EQ(Parsed("2023-07-01 12:00:00"), Parsed("2023-07-01 16:00Z"));  // Summer time.
  EXPECT_EQ(FormatDateTime(Parsed("2023-07-01 16:00Z")), "2023-07-01 12:00:00.000000000");
}

TEST(DateTimeTest, Format_ReadsBack) {
  const LocalZone zone("UTC0");
  EXPECT_EQ(FormatDateTime(kBillion + 7), "2001-09-09 01:46:40.000000007");
  EXPECT_EQ(FormatDateTimeUtc(-1), "1969-12-31 23:59:59.999999999Z");
  SeededRandom random(20240229);
  for (int i = 0; i < 10'000; ++i) {
    const Nanos time = static_cast<Nanos>(random.Next());
    ASSERT_EQ(Parsed(FormatDateTime(time)), time);
    ASSERT_EQ(Parsed(FormatDateTimeUtc(time)), time);
  }
}

TEST(DateTimeTest, Extremes_ReadBackAndOneMoreIsRefused) {
  for (const Nanos time : {std::numeric_limits<Nanos>::min(), std::numeric_limits<Nanos>::max()}) {
    EXPECT_EQ(Parsed(FormatDateTimeUtc(time)), time);
  }
  EXPECT_FALSE(ParseDateTime("2262-04-11 23:47:16.854775808Z").ok());
  EXPECT_FALSE(ParseDateTime("1677-09-21 00:12:43.145224191Z").ok());
  EXPECT_FALSE(ParseDateTime("9999-12-31Z").ok());
}

TEST(DateTimeTest, BadText_IsNamedInTheError) {
  for (const std::string_view text : {"",
                                      "2001",
                                      "2001-9-09",
                                      "2001-13-01",
                                      "2001-00-01",
                                      "2001-02-29",
                                      "2001-04-31",
                                      "2001-01-00",
                                      "20010-01-01",
                                      "2001-01-01 ",
                                      "2001-01-01 1:00",
                                      "2001-01-01 24:00",
                                      "2001-01-01 00:60",
                                      "2001-01-01 00:00:60",
                                      "2001-01-01 00:00:00.",
                                      "2001-01-01 00:00:00:",
                                      "2001-01-01 00:00:00.1234567890",
                                      "2001-01-01 00:00:00z",
                                      "2001-01-01 00:00:00+2",
                                      "2001-01-01 00:00:00+24:00",
                                      "2001-01-01 00:00:00+02:60",
                                      "2001-01-01 00:00:00 x",
                                      "1234567890",
                                      "-001-01-01",
                                      "2001-01-01 00:00:00.1:1"}) {
    const Result<Nanos> time = ParseDateTime(text);
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_EQ(time.status().code(), StatusCode::kInvalidArgument);
    EXPECT_NE(time.status().message().find("'" + std::string(text) + "'"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace cellar::common
