#include "common/config/setting_value.h"

#include <gtest/gtest.h>

#include "common/random/random.h"

namespace cellar::common {
namespace {

constexpr auto kCount = IntegerSetting("test.count", 3, -5, 100, "why");
constexpr auto kSize = BytesSetting("test.size_bytes", 1 << 20, 0, int64_t{1} << 50, "why");
constexpr auto kWait = DurationSetting("test.wait_ms", kSecond, 0, 100 * 3600 * kSecond, "why");
constexpr auto kShare = RealSetting("test.share", 0.5, 0.0, 1.0, "why");
constexpr auto kFlag = BoolSetting("test.flag", true, "why");
constexpr auto kName = TextSetting("test.name", "x", "why");
constexpr auto kKind = ChoiceSetting("test.kind", "tcp", "tcp|memory", "why");

int64_t Number(const SettingDeclaration& declaration, std::string_view text) {
  Result<SettingValue> value = ParseSettingValue(declaration, text);
  EXPECT_TRUE(value.ok()) << text << ": " << value.status().ToString();
  return value.ok() ? value->number : -1;
}

std::string Error(const SettingDeclaration& declaration, std::string_view text) {
  Result<SettingValue> value = ParseSettingValue(declaration, text);
  EXPECT_FALSE(value.ok()) << text;
  return std::string(value.status().message());
}

TEST(SettingValueTest, Bytes_TakeUnits) {
  EXPECT_EQ(Number(kSize, "65536"), 65536);
  EXPECT_EQ(Number(kSize, "64KiB"), 65536);
  EXPECT_EQ(Number(kSize, "64 KiB"), 65536);
  EXPECT_EQ(Number(kSize, "2GiB"), int64_t{2} << 30);
  EXPECT_EQ(Number(kSize, "1TiB"), int64_t{1} << 40);
}

TEST(SettingValueTest, Duration_BareNumberIsMilliseconds) {
  EXPECT_EQ(Number(kWait, "500"), 500 * kMillisecond);
  EXPECT_EQ(Number(kWait, "10s"), 10 * kSecond);
  EXPECT_EQ(Number(kWait, "2min"), 120 * kSecond);
  EXPECT_EQ(Number(kWait, "1h"), 3600 * kSecond);
  EXPECT_EQ(Number(kWait, "7us"), 7 * kMicrosecond);
}

TEST(SettingValueTest, Unreadable_SaysWhatWasExpected) {
  EXPECT_EQ(Error(kCount, "many"), "'many' is not a whole number");
  EXPECT_EQ(Error(kCount, ""), "'' is not a whole number");
  EXPECT_EQ(Error(kCount, "3MiB"), "'3MiB' is not a whole number");
  EXPECT_EQ(Error(kSize, "3MB"), "'3MB' is not a number of bytes, or a number with KiB, MiB, GiB or TiB");
  EXPECT_EQ(Error(kWait, "3  s"), "'3  s' is not a number of milliseconds, or a number with ns, us, ms, s, min or h");
  EXPECT_EQ(Error(kShare, "0.5x"), "'0.5x' is not a number");
  EXPECT_EQ(Error(kFlag, "yes"), "'yes' is not true or false");
  EXPECT_EQ(Error(kKind, "udp"), "'udp' is not one of tcp, memory");
  EXPECT_EQ(Error(kKind, "tcp|memory"), "'tcp|memory' is not one of tcp, memory");
}

TEST(SettingValueTest, OutOfBounds_NamesTheBounds) {
  EXPECT_EQ(Error(kCount, "101"), "101 is out of bounds: from -5 to 100");
  EXPECT_EQ(Error(kCount, "-6"), "-6 is out of bounds: from -5 to 100");
  EXPECT_EQ(Error(kSize, "-1"), "-1 is out of bounds: from 0 to 1024TiB");
  EXPECT_EQ(Error(kSize, "9223372036854775807KiB"), "9223372036854775807KiB is out of bounds: from 0 to 1024TiB");
  EXPECT_EQ(Error(kShare, "1.5"), "1.5 is out of bounds: from 0 to 1");
  EXPECT_FALSE(ParseSettingValue(kShare, "nan").ok());
}

TEST(SettingValueTest, Format_ReadsBackToTheSameValue) {
  SeededRandom random(20240501);
  for (int i = 0; i < 2000; ++i) {
    const uint64_t shift = random.Uniform(50);
    const SettingValue size{.number = static_cast<int64_t>(random.Uniform(1000) << shift) % (int64_t{1} << 50)};
    EXPECT_EQ(Number(kSize, FormatSettingValue(kSize, size)), size.number);
    const SettingValue wait{.number = static_cast<int64_t>(random.Uniform(3600)) * kSecond / (1 << random.Uniform(9))};
    EXPECT_EQ(Number(kWait, FormatSettingValue(kWait, wait)), wait.number);
  }
  EXPECT_EQ(FormatSettingValue(kSize, {.number = 3 << 20}), "3MiB");
  EXPECT_EQ(FormatSettingValue(kSize, {.number = 1025}), "1025");
  EXPECT_EQ(FormatSettingValue(kWait, {.number = 90 * kSecond}), "90s");
  EXPECT_EQ(FormatSettingValue(kWait, {.number = 0}), "0");
  EXPECT_EQ(FormatSettingValue(kFlag, {.number = 0}), "false");
  EXPECT_EQ(FormatSettingValue(kShare, {.real = 0.25}), "0.25");
}

TEST(SettingValueTest, Text_IsTakenAsItIs) {
  Result<SettingValue> value = ParseSettingValue(kName, " a=b ");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->text, " a=b ");
}

}  // namespace
}  // namespace cellar::common
