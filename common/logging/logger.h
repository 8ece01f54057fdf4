#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "common/logging/log_record.h"
#include "common/logging/log_sink.h"

namespace cellar::common {

/// What code that has something to say holds: a sink, a clock, a least level and the component's name. A small value,
/// copied freely; borrows sink and clock, which outlive it. Thread-safe.
///
///     logger.Warning("fragment is torn", {{"file", path}, {"offset", offset}});
///
/// The message is a constant: it is what repeated lines are recognised by. A null logger (default) says nothing.
class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  Logger() = default;
  Logger(LogSink& sink, const Clock& clock, LogLevel least, std::string component)
      : sink_(&sink), clock_(&clock), least_(least), component_(std::move(component)) {}

  /// The same for a part: "rangeserver" → "rangeserver.log".
  Logger Named(std::string_view part) const;

  /// Ask before building costly fields.
  bool Enabled(LogLevel level) const { return sink_ != nullptr && level >= least_; }

  void Debug(std::string_view message, Fields fields = {}) const { Log(LogLevel::kDebug, message, fields); }
  void Info(std::string_view message, Fields fields = {}) const { Log(LogLevel::kInfo, message, fields); }
  void Warning(std::string_view message, Fields fields = {}) const { Log(LogLevel::kWarning, message, fields); }
  void Error(std::string_view message, Fields fields = {}) const { Log(LogLevel::kError, message, fields); }

  void Log(LogLevel level, std::string_view message, Fields fields = {}) const {
    if (Enabled(level)) Write(level, message, fields);
  }

 private:
  void Write(LogLevel level, std::string_view message, Fields fields) const;

  LogSink* sink_ = nullptr;
  const Clock* clock_ = nullptr;
  LogLevel least_ = LogLevel::kInfo;
  std::string component_;
};

}  // namespace cellar::common

namespace cellar {
using common::Logger;
}  // namespace cellar
