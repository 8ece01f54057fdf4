#include "common/logging/logger.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "common/logging/log_format.h"
#include "common/logging/rate_limited_log_sink.h"
#include "common/time/manual_clock.h"

namespace cellar::common {
namespace {

using Lines = std::vector<std::string>;

TEST(LoggerTest, Lines_HaveComponentLevelAndFields) {
  MemoryLogSink sink;
  ManualClock clock;
  Logger logger(sink, clock, LogLevel::kInfo, "rangeserver");
  logger.Debug("not this one");
  logger.Named("log").Warning("torn", {{"file", "a/7"}, {"offset", 12u}, {"left", -3}, {"share", 0.5}, {"cut", true}});
  EXPECT_FALSE(logger.Enabled(LogLevel::kDebug));
  EXPECT_EQ(sink.lines(), Lines{"warning rangeserver.log: torn file=a/7 offset=12 left=-3 share=0.5 cut=true"});
  EXPECT_TRUE(sink.Contains("offset=12"));
}

TEST(LoggerTest, NullLogger_SaysNothing) {
  Logger().Error("nobody hears", {{"x", 1}});
  EXPECT_FALSE(Logger().Enabled(LogLevel::kError));
}

LogRecord Record(std::string_view message, std::span<const LogField> fields) {
  LogRecord record;
  record.wall_time = ManualClock::kDefaultWall;
  record.component = "c";
  record.message = message;
  record.fields = fields;
  return record;
}

TEST(LogFormatTest, Text_OneRecordIsOneLine) {
  const LogField fields[] = {{"plain", "a/b"}, {"empty", ""}, {"two", "a b"}, {"quote", "a\"b\\"}, {"line", "a\nb"}};
  EXPECT_EQ(
      FormatLogText(Record("first\nsecond", fields)),
      "2001-09-09 01:46:40.000000000Z info c: first\\nsecond plain=a/b empty=\"\" two=\"a b\" quote=\"a\\\"b\\\\\" "
      "line=\"a\\nb\"");
  const LogField bytes[] = {{"bytes", std::string_view("\0\xff\xc3\xa9", 4)}};
  EXPECT_EQ(FormatLogText(Record("m", bytes)), "2001-09-09 01:46:40.000000000Z info c: m bytes=\"\\x00\\xff\xc3\xa9\"");
}

TEST(LogFormatTest, Json_IsEscaped) {
  const LogField fields[] = {{"time", "x"},        {"control", std::string_view("\x01\x7f\t\0", 4)},
                             {"utf8", "\xc3\xa9"}, {"broken", "\xc3(\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80"},
                             {"n", int64_t{-1}},   {"nan", 0.0 / 0.0},
                             {"yes", true},        {"k\"ey", "v"}};
  EXPECT_EQ(FormatLogJson(Record("say \"hi\"", fields)),
            "{\"time\":\"2001-09-09 01:46:40.000000000Z\",\"level\":\"info\",\"component\":\"c\",\"message\":\"say "
            "\\\"hi\\\"\",\"time_\":\"x\",\"control\":\"\\u0001\\u007f\\t\\u0000\",\"utf8\":\"\xc3\xa9\",\"broken\":"
            "\"\\u00c3(\\u00ed\\u00a0\\u0080\\u00f4\\u0090\\u0080\\u0080\\u00c0\\u0080\",\"n\":-1,\"nan\":null,\"yes\":"
            "true,\"k\\\"ey\":\"v\"}");
}

TEST(LogFormatTest, LongText_IsCut) {
  const std::string text(kMaxLogTextBytes + 5, 'x');
  const LogField fields[] = {{"text", text}};
  const std::string line = FormatLogJson(Record("m", fields));
  EXPECT_TRUE(line.ends_with("x...(5 bytes more)\"}")) << line.substr(line.size() - 40);
}

TEST(RateLimitedLogSinkTest, RepeatedLine_IsCountedAndReported) {
  MemoryLogSink memory;
  ManualClock clock;
  RateLimitedLogSink sink(memory, clock, 2, kSecond);
  Logger logger(sink, clock, LogLevel::kInfo, "c");
  for (int i = 0; i < 5; ++i) logger.Info("again", {{"i", i}});
  logger.Info("other");
  clock.Advance(kSecond);
  logger.Info("again", {{"i", 5}});
  logger.Info("again", {{"i", 6}});
  EXPECT_EQ(memory.lines(), (Lines{"info c: again i=0", "info c: again i=1", "info c: other",
                                   "info c: again i=5 suppressed=3", "info c: again i=6"}));
}

TEST(RateLimitedLogSinkTest, TooManyMessages_ShareOneAllowance) {
  MemoryLogSink memory;
  ManualClock clock;
  RateLimitedLogSink sink(memory, clock, 1, kSecond);
  Logger logger(sink, clock, LogLevel::kInfo, "c");
  for (size_t i = 0; i < RateLimitedLogSink::kMaxTracked + 50; ++i) logger.Info("m" + std::to_string(i));
  EXPECT_EQ(memory.lines().size(), RateLimitedLogSink::kMaxTracked + 1);
}

TEST(StreamLogSinkTest, EachRecord_IsOneLine) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  ManualClock clock;
  StreamLogSink json(file, LogStyle::kJson);
  StreamLogSink text(file, LogStyle::kText);
  Logger(json, clock, LogLevel::kInfo, "c").Info("hello", {{"i", 1}});
  Logger(text, clock, LogLevel::kInfo, "c").Info("hello", {{"i", 2}});
  std::rewind(file);
  char written[1024];
  const size_t length = std::fread(written, 1, sizeof(written), file);
  std::fclose(file);
  EXPECT_EQ(std::string(written, length),
            "{\"time\":\"2001-09-09 01:46:40.000000000Z\",\"level\":\"info\",\"component\":\"c\",\"message\":"
            "\"hello\",\"i\":1}\n2001-09-09 01:46:40.000000000Z info c: hello i=2\n");
}

}  // namespace
}  // namespace cellar::common
