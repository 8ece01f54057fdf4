#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hql/separator.h"
#include "model/cell.h"

namespace cellar::hql {

/// How SELECT, SELECT INTO FILE and DUMP TABLE write a cell (HQL page, §7.5).
struct CellFormat {
  enum class TimestampText : uint8_t {
    kDateTime = 0,  ///< YYYY-MM-DD HH:MM:SS.nnnnnnnnn, local zone.
    kNanoseconds = 1,
    kMicroseconds = 2,
  };

  char separator = kDefaultSeparator;
  bool escaped = true;
  bool timestamps = false;
  bool revisions = false;
  bool keys_only = false;
  TimestampText timestamp_text = TimestampText::kDateTime;
  bool for_terminal = false;  ///< Control bytes as \xHH, so that no value speaks to the terminal.

  CellFormat() = default;
};

/// The names of --timestamp-format: default, nanos, nanoseconds, usecs. False for any other.
bool ParseTimestampText(std::string_view name, CellFormat::TimestampText* text);

/// A timestamp as a field.
std::string TimestampField(CellFormat::TimestampText text, int64_t timestamp);

/// "#row column value" with the other columns that the format has, and a line end.
void AppendHeaderLine(const CellFormat& format, std::string* out);

/// One cell with a line end. `family` is the name of the cell's family. Delete markers: "row FS FS DELETE ROW", the
/// others "row FS column FS FS kind".
void AppendCellLine(const CellFormat& format, const model::CellView& cell, std::string_view family, std::string* out);

}  // namespace cellar::hql
