#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "model/ids.h"

namespace cellar::model {

/// What a cell does. The numbers are stored, and their order is part of the sort order: markers before inserts.
enum class KeyFlag : uint8_t {
  kDeleteRow = 0,      ///< Family 0, no qualifier.
  kDeleteFamily = 1,   ///< No qualifier.
  kDeleteCell = 2,     ///< All versions of one column.
  kDeleteVersion = 3,  ///< The versions with exactly the marker's timestamp.
  kInsert = 4,
};

inline constexpr uint8_t kLargestKeyFlag = 4;
inline constexpr bool IsDeleteMarker(KeyFlag flag) {
  return flag != KeyFlag::kInsert;
}

/// "INSERT", "DELETE ROW", "DELETE COLUMN FAMILY", "DELETE CELL", "DELETE CELL VERSION".
std::string_view KeyFlagName(KeyFlag flag);

// Timestamps are nanoseconds since 1970-01-01 UTC. The three lowest values are reserved and never stored.
inline constexpr int64_t kAutomaticTimestamp = std::numeric_limits<int64_t>::min() + 2;  ///< "The cell's revision."
inline constexpr int64_t kMinTimestamp = std::numeric_limits<int64_t>::min() + 3;
inline constexpr int64_t kMaxTimestamp = std::numeric_limits<int64_t>::max();

inline constexpr size_t kMaxRowBytes = 64 << 10;
inline constexpr size_t kMaxSystemRowBytes = 128 << 10;  ///< METADATA's rows hold a table id and a whole row.
inline constexpr size_t kMaxQualifierBytes = 64 << 10;
inline constexpr size_t kDefaultMaxValueBytes = 16 << 20;
inline constexpr size_t kLargestMaxValueBytes = 48 << 20;

/// What a table's cells are held to.
struct CellLimits {
  size_t max_row_bytes = kMaxRowBytes;
  size_t max_value_bytes = kDefaultMaxValueBytes;

  static CellLimits For(TableId table) {
    CellLimits limits;
    if (table.is_system()) limits.max_row_bytes = kMaxSystemRowBytes;
    return limits;
  }
};

// Checks of what a user gave; kInvalidArgument with public code 9 and a message that names the field.
Status CheckRow(std::string_view row, size_t max_row_bytes = kMaxRowBytes);
Status CheckQualifier(std::string_view qualifier);
Status CheckTimestamp(int64_t timestamp);  ///< Of an explicit timestamp: kMinTimestamp or later.
Status CheckValue(std::string_view value, size_t max_value_bytes = kDefaultMaxValueBytes);

/// A key in parts, borrowed from elsewhere.
struct KeyView {
  std::string_view row;
  FamilyId family;
  std::string_view qualifier;
  KeyFlag flag = KeyFlag::kInsert;
  int64_t timestamp = kAutomaticTimestamp;
  Revision revision;

  friend bool operator==(const KeyView&, const KeyView&) = default;
};

/// Printable form of arbitrary bytes for messages: `\xHH` for what is not printable ASCII, cut after 64 bytes.
std::string QuoteBytes(std::string_view bytes);

}  // namespace cellar::model
