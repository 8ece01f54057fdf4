#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "common/concurrency/mutex.h"
#include "common/logging/log_record.h"

namespace cellar::common {

/// Where log lines go. Thread-safe. Never fails as far as the caller can tell: a line that cannot be written is lost.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void Write(const LogRecord& record) = 0;
};

enum class LogStyle : uint8_t { kText, kJson };

/// Writes to a stdio stream, one unbuffered write a line, so that lines of several threads do not mix and a crash loses
/// none.
class StreamLogSink final : public LogSink {
 public:
  /// Borrows `stream` (stderr, or a file opened for appending), which outlives the sink.
  StreamLogSink(std::FILE* stream, LogStyle style) : stream_(stream), style_(style) {}

  void Write(const LogRecord& record) override;

 private:
  std::FILE* const stream_;
  const LogStyle style_;
};

/// Keeps the lines, as text without their times, for tests to look at.
class MemoryLogSink final : public LogSink {
 public:
  void Write(const LogRecord& record) override;

  /// "info rangeserver.log: opened file=a/7", oldest first; at most kMaxLines, the oldest go.
  std::vector<std::string> lines() const;
  /// True when a line contains `text`.
  bool Contains(std::string_view text) const;

  static constexpr size_t kMaxLines = 10'000;

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ GUARDED_BY(mutex_);
};

}  // namespace cellar::common

namespace cellar {
using common::LogSink;
using common::MemoryLogSink;
}  // namespace cellar
