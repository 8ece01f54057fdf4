#include "common/logging/rate_limited_log_sink.h"

#include <vector>

namespace cellar::common {

void RateLimitedLogSink::Write(const LogRecord& record) {
  uint64_t suppressed = 0;
  if (!Admit(record, &suppressed)) return;
  if (suppressed == 0) {
    next_.Write(record);
    return;
  }
  std::vector<LogField> fields(record.fields.begin(), record.fields.end());
  fields.emplace_back("suppressed", suppressed);
  LogRecord extended = record;
  extended.fields = fields;
  next_.Write(extended);
}

bool RateLimitedLogSink::Admit(const LogRecord& record, uint64_t* suppressed) {
  const Nanos now = clock_.MonotonicNow();
  MutexLock lock(mutex_);
  Key key(record.component, record.message);
  if (!allowances_.contains(key) && allowances_.size() >= kMaxTracked) key = Key();
  const auto [entry, is_new] = allowances_.try_emplace(key);
  Allowance& allowance = entry->second;
  if (is_new) allowance.interval_start = now;
  if (now - allowance.interval_start >= interval_) {
    *suppressed = allowance.suppressed;
    allowance = Allowance{.interval_start = now};
  }
  if (allowance.written >= burst_) {
    ++allowance.suppressed;
    return false;
  }
  ++allowance.written;
  return true;
}

}  // namespace cellar::common
