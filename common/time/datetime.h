#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/time/clock.h"

namespace cellar::common {

/// Reads a date-time as people write it, into nanoseconds since 1970-01-01 UTC:
///
///     YYYY-MM-DD[( |T)HH:MM[:SS[.fraction | :nanoseconds]]][Z | +hh:mm | -hh:mm]
///
/// Without a zone it is in the process's local zone (TZ); a local time that an hour change skips or repeats reads as
/// the system's mktime does. A fraction has one to nine digits (".5" is half a second); nanoseconds are an integer
/// below 1,000,000,000. The year has four digits. kInvalidArgument, naming the offending text, for anything else,
/// also for dates that do not exist and times beyond what 64 bits hold (1677 to 2262).
Result<Nanos> ParseDateTime(std::string_view text);

/// "YYYY-MM-DD HH:MM:SS.nnnnnnnnn" in the local zone; ParseDateTime reads it back to the same value, but for the hour
/// that a change of zone repeats.
std::string FormatDateTime(Nanos time);

/// The same in UTC with a final 'Z', which reads back anywhere.
std::string FormatDateTimeUtc(Nanos time);

}  // namespace cellar::common
