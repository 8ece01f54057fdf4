#include "common/logging/log_sink.h"

#include <algorithm>

#include "common/logging/log_format.h"

namespace cellar::common {

void StreamLogSink::Write(const LogRecord& record) {
  std::string line = style_ == LogStyle::kText ? FormatLogText(record) : FormatLogJson(record);
  line.push_back('\n');
  // One call under stdio's own lock; a failed write (full disk, closed terminal) loses the line, not the server.
  std::fwrite(line.data(), 1, line.size(), stream_);
  std::fflush(stream_);
}

void MemoryLogSink::Write(const LogRecord& record) {
  const std::string text = FormatLogText(record);
  const std::string without_time = text.substr(text.find("Z ") + 2);
  MutexLock lock(mutex_);
  if (lines_.size() == kMaxLines) lines_.erase(lines_.begin());
  lines_.push_back(without_time);
}

std::vector<std::string> MemoryLogSink::lines() const {
  MutexLock lock(mutex_);
  return lines_;
}

bool MemoryLogSink::Contains(std::string_view text) const {
  MutexLock lock(mutex_);
  return std::any_of(lines_.begin(), lines_.end(),
                     [text](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace cellar::common
