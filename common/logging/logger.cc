#include "common/logging/logger.h"

namespace cellar::common {

Logger Logger::Named(std::string_view part) const {
  Logger named = *this;
  if (!named.component_.empty()) named.component_.push_back('.');
  named.component_.append(part);
  return named;
}

void Logger::Write(LogLevel level, std::string_view message, Fields fields) const {
  LogRecord record;
  record.wall_time = clock_->WallNow();
  record.level = level;
  record.component = component_;
  record.message = message;
  record.fields = std::span<const LogField>(fields.begin(), fields.size());
  sink_->Write(record);
}

}  // namespace cellar::common
