#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/bytes/byte_room.h"
#include "common/bytes/short_bytes.h"
#include "model/cell.h"

namespace cellar::model {

/// The cells of one reply of a scanner, as they travel (docs/internals/scan-block.md):
///
///     block := u8 version (1), u8 flags (0), varint32 cell_count, cell*
///     cell  := u8 control, [varint32 shared, varint32 size, bytes: the row's rest], [u8 family, varint32 size,
///     qualifier],
///              i64 revision, [i64 timestamp], varint32 size, value
///
/// Control: bit 0 same row as the cell before, bit 1 same row and column, bit 2 timestamp equals revision, bits 3–5 the
/// KeyFlag. `shared` counts the bytes that the row has in common with the row before. Integers little-endian.

inline constexpr uint8_t kScanBlockVersion = 1;
inline constexpr size_t kMaxScanBlockBytes = 60 << 20;  ///< Fits a frame with its head.

/// Appends cells; used by one thread.
class ScanBlockWriter {
 public:
  ScanBlockWriter() { Clear(); }

  /// The cell's row, family and qualifier need not outlive the call.
  void Add(const CellView& cell);

  size_t size_bytes() const { return cells_.size(); }
  uint32_t cell_count() const { return cell_count_; }

  /// The block; the writer is empty afterwards.
  std::string Finish();

 private:
  void Clear();

  common::ByteRoom cells_;
  uint32_t cell_count_ = 0;
  common::ShortBytes row_;
  common::ShortBytes qualifier_;
  FamilyId family_;
};

/// Walks over a block from the wire, which outlives it, checking every length. Used by one thread.
class ScanBlockReader {
 public:
  ScanBlockReader() = default;  ///< Of no cells.
  explicit ScanBlockReader(std::string_view block);

  /// False at the end and on damage: status() tells which. The views are valid until the next call and as long as the
  /// reader. In line: a scan does little else for a cell.
  bool Next(CellView* cell) {
    if (cells_read_ == cell_count_ || !ReadCell(cell)) [[unlikely]]
      return End();
    ++cells_read_;
    return true;
  }

  /// kCorruption with the ordinal of the first bad cell; kUnsupported for a newer version.
  const Status& status() const { return status_; }

  uint32_t cell_count() const { return cell_count_; }

 private:
  // Each takes something from [next, limit_) and returns where it ends; nullptr: it is not all there.
  const char* TakeRow(const char* next);
  const char* TakeSize(const char* next, uint32_t* size) const;
  const char* TakeBytes(const char* next, const char** bytes, uint32_t* size) const;
  const char* TakeNumber(const char* next, int64_t* number) const;

  [[gnu::always_inline]] bool ReadCell(CellView* cell);
  bool End();

  const char* next_ = nullptr;
  const char* limit_ = nullptr;
  uint32_t cell_count_ = 0;
  uint32_t cells_read_ = 0;
  common::ShortBytes row_;
  const char* qualifier_ = nullptr;
  uint32_t qualifier_size_ = 0;
  FamilyId family_;
  Status status_;
};

/// All cells of a block.
Result<std::vector<Cell>> DecodeScanBlock(std::string_view block);

// ---- In line

namespace scan_block {  // bits of a cell's control byte

inline constexpr uint8_t kSameRow = 1;
inline constexpr uint8_t kSameColumn = 2;
inline constexpr uint8_t kTimestampIsRevision = 4;
inline constexpr int kFlagShift = 3;

}  // namespace scan_block

inline const char* ScanBlockReader::TakeSize(const char* next, uint32_t* size) const {
  if (next < limit_ && static_cast<signed char>(*next) >= 0) {  // one byte: the usual case
    *size = static_cast<unsigned char>(*next);
    return next + 1;
  }
  return common::LoadVarint32(next, limit_, size);
}

inline const char* ScanBlockReader::TakeBytes(const char* next, const char** bytes, uint32_t* size) const {
  next = TakeSize(next, size);
  if (next == nullptr || *size > static_cast<size_t>(limit_ - next)) return nullptr;
  *bytes = next;
  return next + *size;
}

inline const char* ScanBlockReader::TakeNumber(const char* next, int64_t* number) const {
  if (limit_ - next < static_cast<ptrdiff_t>(sizeof(*number))) return nullptr;
  *number = static_cast<int64_t>(common::LoadFixed64(next));
  return next + sizeof(*number);
}

inline const char* ScanBlockReader::TakeRow(const char* next) {
  uint32_t shared = 0;
  const char* rest = nullptr;
  uint32_t rest_size = 0;
  next = TakeSize(next, &shared);
  if (next == nullptr || shared > row_.size()) return nullptr;
  next = TakeBytes(next, &rest, &rest_size);
  if (next == nullptr) return nullptr;
  row_.replace_behind(shared, std::string_view(rest, rest_size));
  return row_.empty() ? nullptr : next;
}

/// Views are handed on part by part, out of registers: a processor waits long for one that was stored in two parts and
/// is loaded as a whole.
inline bool ScanBlockReader::ReadCell(CellView* cell) {
  const char* next = next_;
  if (next == limit_) return false;
  const auto control = static_cast<uint8_t>(*next++);
  const auto flag = static_cast<uint8_t>(control >> scan_block::kFlagShift);  // the bits above must be 0
  if (flag > kLargestKeyFlag) return false;
  const bool same_row = (control & scan_block::kSameRow) != 0;
  const bool same_column = (control & scan_block::kSameColumn) != 0;
  if ((same_row && cells_read_ == 0) || (same_column && !same_row)) return false;
  if (!same_row && (next = TakeRow(next)) == nullptr) return false;
  if (!same_column) {
    if (next == limit_) return false;
    family_ = FamilyId(static_cast<uint8_t>(*next++));
    if ((next = TakeBytes(next, &qualifier_, &qualifier_size_)) == nullptr) return false;
  }
  int64_t revision = 0;
  if ((next = TakeNumber(next, &revision)) == nullptr) return false;
  int64_t timestamp = revision;
  if ((control & scan_block::kTimestampIsRevision) == 0 && (next = TakeNumber(next, &timestamp)) == nullptr) {
    return false;
  }
  const char* value = nullptr;
  uint32_t value_size = 0;
  if ((next = TakeBytes(next, &value, &value_size)) == nullptr) return false;
  next_ = next;
  cell->key.row = std::string_view(row_.data(), row_.size());
  cell->key.family = family_;
  cell->key.qualifier = std::string_view(qualifier_, qualifier_size_);
  cell->key.flag = static_cast<KeyFlag>(flag);
  cell->key.timestamp = timestamp;
  cell->key.revision = Revision(revision);
  cell->value = std::string_view(value, value_size);
  return true;
}

}  // namespace cellar::model
