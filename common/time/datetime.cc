#include "common/time/datetime.h"

#include <time.h>

#include <cstdio>
#include <optional>

namespace cellar::common {
namespace {

constexpr int64_t kNanosPerSecond = kSecond;

struct CivilTime {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int64_t nanos = 0;
  std::optional<int> zone_minutes;  // East of UTC; absent: the local zone.
};

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
int64_t DaysFromCivil(int year, int month, int day) {
  // Howard Hinnant, "chrono-compatible low-level date algorithms".
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

bool IsLeapYear(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int DaysInMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[month - 1];
}

/// Takes pieces off the front of the text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool Take(char c) {
    if (front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `count` digits.
  bool TakeDigits(int count, int* value) {
    *value = 0;
    for (int i = 0; i < count; ++i) {
      const char c = front();
      if (c < '0' || c > '9') return false;
      *value = *value * 10 + (c - '0');
      rest_.remove_prefix(1);
    }
    return true;
  }

  /// One to nine digits; returns how many, 0 for none or more than nine.
  int TakeUpToNineDigits(int64_t* value) {
    int count = 0;
    *value = 0;
    while (front() >= '0' && front() <= '9') {
      if (++count > 9) return 0;
      *value = *value * 10 + (front() - '0');
      rest_.remove_prefix(1);
    }
    return count;
  }

 private:
  std::string_view rest_;
};

bool TakeSubseconds(Cursor* cursor, int64_t* nanos) {
  const bool is_fraction = cursor->front() == '.';
  if (!cursor->Take('.') && !cursor->Take(':')) return true;
  const int digits = cursor->TakeUpToNineDigits(nanos);
  for (int i = digits; is_fraction && i < 9; ++i) *nanos *= 10;
  return digits > 0;
}

bool TakeZone(Cursor* cursor, std::optional<int>* zone_minutes) {
  if (cursor->done()) return true;
  if (cursor->Take('Z')) {
    *zone_minutes = 0;
    return true;
  }
  const int sign = cursor->front() == '-' ? -1 : 1;
  int hours = 0;
  int minutes = 0;
  if (!cursor->Take('+') && !cursor->Take('-')) return false;
  if (!cursor->TakeDigits(2, &hours) || !cursor->Take(':') || !cursor->TakeDigits(2, &minutes)) return false;
  if (hours > 23 || minutes > 59) return false;
  *zone_minutes = sign * (hours * 60 + minutes);
  return true;
}

bool TakeTimeOfDay(Cursor* cursor, CivilTime* civil) {
  if (!cursor->Take(' ') && !cursor->Take('T')) return true;
  if (!cursor->TakeDigits(2, &civil->hour) || !cursor->Take(':')) return false;
  if (!cursor->TakeDigits(2, &civil->minute)) return false;
  if (!cursor->Take(':')) return true;
  return cursor->TakeDigits(2, &civil->second) && TakeSubseconds(cursor, &civil->nanos);
}

std::optional<CivilTime> ParseCivil(std::string_view text) {
  Cursor cursor(text);
  CivilTime civil;
  if (!cursor.TakeDigits(4, &civil.year) || !cursor.Take('-')) return std::nullopt;
  if (!cursor.TakeDigits(2, &civil.month) || !cursor.Take('-')) return std::nullopt;
  if (!cursor.TakeDigits(2, &civil.day)) return std::nullopt;
  if (!TakeTimeOfDay(&cursor, &civil)) return std::nullopt;
  if (!TakeZone(&cursor, &civil.zone_minutes) || !cursor.done()) return std::nullopt;
  if (civil.month < 1 || civil.month > 12) return std::nullopt;
  if (civil.day < 1 || civil.day > DaysInMonth(civil.year, civil.month)) return std::nullopt;
  if (civil.hour > 23 || civil.minute > 59 || civil.second > 59) return std::nullopt;
  return civil;
}

int64_t SecondsSinceEpoch(const CivilTime& civil) {
  if (civil.zone_minutes) {
    const int64_t days = DaysFromCivil(civil.year, civil.month, civil.day);
    return ((days * 24 + civil.hour) * 60 + civil.minute - *civil.zone_minutes) * 60 + civil.second;
  }
  tm local{};
  local.tm_year = civil.year - 1900;
  local.tm_mon = civil.month - 1;
  local.tm_mday = civil.day;
  local.tm_hour = civil.hour;
  local.tm_min = civil.minute;
  local.tm_sec = civil.second;
  local.tm_isdst = -1;
  return ::mktime(&local);
}

struct SplitTime {
  time_t seconds;
  int64_t nanos;
};

SplitTime Split(Nanos time) {
  int64_t seconds = time / kNanosPerSecond;
  int64_t nanos = time % kNanosPerSecond;
  if (nanos < 0) {
    nanos += kNanosPerSecond;
    --seconds;
  }
  return {seconds, nanos};
}

std::string FormatCivil(const tm& civil, int64_t nanos) {
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d.%09lld", civil.tm_year + 1900, civil.tm_mon + 1,
                civil.tm_mday, civil.tm_hour, civil.tm_min, civil.tm_sec, static_cast<long long>(nanos));
  return text;
}

}  // namespace

Result<Nanos> ParseDateTime(std::string_view text) {
  const std::optional<CivilTime> civil = ParseCivil(text);
  if (!civil) {
    return InvalidArgument("bad date-time '" + std::string(text) +
                           "': expected YYYY-MM-DD[ HH:MM[:SS[.fraction|:nanoseconds]]] and optionally Z or +hh:mm");
  }
  const __int128 wide = static_cast<__int128>(SecondsSinceEpoch(*civil)) * kNanosPerSecond + civil->nanos;
  const Nanos time = static_cast<Nanos>(wide);
  if (time != wide) {
    return InvalidArgument("date-time '" + std::string(text) + "' is outside 1677-09-21 to 2262-04-11");
  }
  return time;
}

std::string FormatDateTime(Nanos time) {
  const SplitTime split = Split(time);
  tm local{};
  ::localtime_r(&split.seconds, &local);
  return FormatCivil(local, split.nanos);
}

std::string FormatDateTimeUtc(Nanos time) {
  const SplitTime split = Split(time);
  tm utc{};
  ::gmtime_r(&split.seconds, &utc);
  return FormatCivil(utc, split.nanos) + "Z";
}

}  // namespace cellar::common
