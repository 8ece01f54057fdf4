#pragma once

#include <string>

#include "common/logging/log_record.h"

namespace cellar::common {

/// Longest text of one field; what is beyond is cut and its length noted.
inline constexpr size_t kMaxLogTextBytes = 4096;

/// `2024-05-01 12:00:00.000000000Z warning rangeserver.log: fragment is torn file=a/7 offset=12 note="two words"`,
/// without newline. A text that is empty or holds blanks, quotes, '=', control bytes or broken UTF-8 is quoted, with
/// C escapes, so that one record is always one line.
std::string FormatLogText(const LogRecord& record);

/// `{"time":"…","level":"warning","component":"…","message":"…","file":"a/7","offset":12}`, without newline: always
/// valid JSON and UTF-8. A byte that is not UTF-8 becomes the code point of its value; NaN and infinities become
/// null. A field called like one of the first four gets a '_' behind its name.
std::string FormatLogJson(const LogRecord& record);

}  // namespace cellar::common
