#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
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

  size_t size_bytes() const { return size_; }
  uint32_t cell_count() const { return cell_count_; }

  /// The block; the writer is empty afterwards.
  std::string Finish();

 private:
  void Clear();
  /// Room for `size` more bytes: cells are written by address, which is several times faster than by appending.
  char* Reserve(size_t size) {
    if (capacity_ - size_ < size) [[unlikely]]
      Grow(size);
    return cells_.get() + size_;
  }
  void Grow(size_t size);

  std::unique_ptr<char[]> cells_;
  size_t capacity_ = 0;
  size_t size_ = 0;
  uint32_t cell_count_ = 0;
  common::ShortBytes row_;
  common::ShortBytes qualifier_;
  FamilyId family_;
};

/// Walks over a block from the wire, which outlives it, checking every length. Used by one thread.
class ScanBlockReader {
 public:
  explicit ScanBlockReader(std::string_view block);

  /// False at the end and on damage: status() tells which. The views are valid until the next call and as long as the
  /// reader.
  bool Next(CellView* cell);

  /// kCorruption with the ordinal of the first bad cell; kUnsupported for a newer version.
  const Status& status() const { return status_; }

  uint32_t cell_count() const { return cell_count_; }

 private:
  bool ReadCell(CellView* cell);
  bool ReadRow();
  bool TakeSize(uint32_t* size);
  bool TakeBytes(std::string_view* bytes);
  bool TakeNumber(uint64_t* number);

  const char* next_ = nullptr;
  const char* limit_ = nullptr;
  uint32_t cell_count_ = 0;
  uint32_t cells_read_ = 0;
  common::ShortBytes row_;
  std::string_view qualifier_;
  FamilyId family_;
  Status status_;
};

/// All cells of a block.
Result<std::vector<Cell>> DecodeScanBlock(std::string_view block);

}  // namespace cellar::model
