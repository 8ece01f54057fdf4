#pragma once

#include <map>
#include <string>
#include <utility>

#include "common/concurrency/mutex.h"
#include "common/logging/log_sink.h"

namespace cellar::common {

/// Lets at most `burst` lines of one component and message through in each interval. The first line of a later
/// interval says how many were dropped: suppressed=17. Knows at most kMaxTracked messages; the rest share one
/// allowance.
class RateLimitedLogSink final : public LogSink {
 public:
  static constexpr size_t kMaxTracked = 1'000;

  /// Borrows `next` and `clock` (monotonic).
  RateLimitedLogSink(LogSink& next, const Clock& clock, uint32_t burst, Nanos interval)
      : next_(next), clock_(clock), burst_(burst), interval_(interval) {}

  void Write(const LogRecord& record) override;

 private:
  using Key = std::pair<std::string, std::string>;
  struct Allowance {
    Nanos interval_start = 0;
    uint32_t written = 0;
    uint64_t suppressed = 0;
  };

  /// False: drop the line. Else `*suppressed` is how many were dropped since the last one.
  bool Admit(const LogRecord& record, uint64_t* suppressed);

  LogSink& next_;
  const Clock& clock_;
  const uint32_t burst_;
  const Nanos interval_;
  Mutex mutex_;
  std::map<Key, Allowance> allowances_ GUARDED_BY(mutex_);
};

}  // namespace cellar::common
