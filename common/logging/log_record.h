#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/time/clock.h"

namespace cellar::common {

enum class LogLevel : uint8_t {
  kDebug,    ///< For those who mend the program.
  kInfo,     ///< Events in the life of a server; a few a minute.
  kWarning,  ///< Unusual, and handled.
  kError     ///< Somebody has to act.
};

/// "debug", "info", "warning", "error".
std::string_view LogLevelName(LogLevel level);

/// One key and value of a log line. Borrows text: lives no longer than the call that logs it.
struct LogField {
  using Value = std::variant<std::string_view, int64_t, uint64_t, double, bool>;

  LogField(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, const std::string& text) : key(field_key), value(std::string_view(text)) {}
  LogField(std::string_view field_key, const char* text) : key(field_key), value(std::string_view(text)) {}
  LogField(std::string_view field_key, bool flag) : key(field_key), value(flag) {}
  LogField(std::string_view field_key, double real) : key(field_key), value(real) {}
  template <std::signed_integral T>
  LogField(std::string_view field_key, T number) : key(field_key), value(static_cast<int64_t>(number)) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view field_key, T number) : key(field_key), value(static_cast<uint64_t>(number)) {}

  std::string_view key;
  Value value;
};

/// One line before it is printed. Borrows everything.
struct LogRecord {
  Nanos wall_time = 0;
  LogLevel level = LogLevel::kInfo;
  std::string_view component;  ///< "rangeserver.log"
  std::string_view message;    ///< A constant text; what varies is in the fields.
  std::span<const LogField> fields;
};

}  // namespace cellar::common

namespace cellar {
using common::LogField;
using common::LogLevel;
}  // namespace cellar
