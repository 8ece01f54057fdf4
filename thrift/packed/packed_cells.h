#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "model/cell.h"
#include "model/scan_block.h"
#include "model/schema.h"

namespace cellar::thrift {

inline constexpr int32_t kPackedVersion1 = 1;  ///< The ancestor's: NUL ends row, family and qualifier.
inline constexpr int32_t kPackedVersion2 = 2;  ///< Cellar's: lengths in front.
inline constexpr size_t kPackedVersionBytes = 4;

// Bits of a cell's or terminator's control byte.
inline constexpr uint8_t kEndOfBuffer = 0x01;
inline constexpr uint8_t kEndOfScan = 0x02;
inline constexpr uint8_t kFlush = 0x04;
inline constexpr uint8_t kRevisionIsTimestamp = 0x10;
inline constexpr uint8_t kAutoTimestamp = 0x20;
inline constexpr uint8_t kHaveTimestamp = 0x40;
inline constexpr uint8_t kHaveRevision = 0x80;

/// The ancestor's "no timestamp was given", which no write may say.
inline constexpr int64_t kNullTimestamp = model::kAutomaticTimestamp - 1;

/// The number that means INSERT on this wire; the delete markers have the model's numbers.
inline constexpr uint8_t kWireInsert = 255;

/// A cell as it travels; views into the buffer, or into what is to be written.
struct PackedCell {
  std::string_view row;
  std::string_view family;
  std::string_view qualifier;
  std::string_view value;
  int64_t timestamp = model::kAutomaticTimestamp;
  int64_t revision = 0;
  bool has_revision = false;
  model::KeyFlag flag = model::KeyFlag::kInsert;

  PackedCell() = default;
  friend bool operator==(const PackedCell&, const PackedCell&) = default;
};

/// The flag of a byte or enum of this wire; kInvalidArgument (55) for another number.
Status ToKeyFlag(int64_t wire_flag, model::KeyFlag* flag);
inline uint8_t ToWireFlag(model::KeyFlag flag) {
  return flag == model::KeyFlag::kInsert ? kWireInsert : static_cast<uint8_t>(flag);
}

/// Walks over a buffer of either version, which outlives it; checks every length, allocates nothing. Used by one
/// thread.
///
/// Errors are kInvalidArgument with the public code: 0x80004 another version, 0x80001 it ends early, 55 anything else.
class PackedCellsReader {
 public:
  explicit PackedCellsReader(std::string_view buffer);

  /// False at the end and on damage: status() tells which. The row of a cell that repeats it is that of the one before.
  bool Next(PackedCell* cell);

  const Status& status() const { return status_; }
  int32_t version() const { return version_; }

  // Of the terminator, once Next has returned false without an error.
  bool end_of_scan() const { return (terminator_ & kEndOfScan) != 0; }
  bool flush() const { return (terminator_ & kFlush) != 0; }

 private:
  bool Fail(int32_t code, std::string_view what);
  bool NextOfVersion1(PackedCell* cell);
  bool NextOfVersion2(PackedCell* cell);
  bool Finish(PackedCell* cell, std::string_view row, uint8_t wire_flag);
  bool End(uint8_t control);
  bool TakeText(std::string_view* text);  ///< Up to a NUL.
  bool TakeNumber(int64_t* number);
  bool Take(size_t size, std::string_view* bytes);

  std::string_view rest_;
  int32_t version_ = 0;
  uint64_t cell_count_ = 0;
  std::string_view row_;
  int64_t timestamp_ = kNullTimestamp;
  uint8_t terminator_ = 0;
  bool ended_ = false;
  Status status_;
};

/// Builds buffers of one version. Used by one thread.
class PackedCellsWriter {
 public:
  /// Version 1 or 2.
  explicit PackedCellsWriter(int32_t version = kPackedVersion1);

  /// Makes room for a buffer of this size: who knows about how large it will be saves the growing.
  void Reserve(size_t size_bytes);

  /// A row that repeats is left out. kInvalidArgument (55), naming the row, when version 1 cannot hold the cell, and
  /// (56) for an empty row: nothing is added then. `cell` and its bytes need not outlive the call.
  Status Add(const PackedCell& cell);
  /// The same of a cell that was read, without its revision.
  Status Add(const model::CellView& cell, std::string_view family);
  /// The same of what is left of a block of the table with `schema`, until the buffer has `full_bytes`. The block's own
  /// errors are in its status().
  Status AddAll(model::ScanBlockReader& block, const model::Schema& schema, size_t full_bytes);

  size_t size_bytes() const { return size_; }
  bool empty() const { return cell_count_ == 0; }

  /// The buffer with a terminator of EOB and `bits`; the writer is empty afterwards.
  std::string Finish(uint8_t bits = 0);

 private:
  char* Grow(size_t size);
  template <int32_t kVersion>
  [[gnu::always_inline]] Status AddCell(const model::CellView& cell, std::string_view family, bool has_revision);
  template <int32_t kVersion>
  Status AddBlock(model::ScanBlockReader& block, const model::Schema& schema, size_t full_bytes);
  [[gnu::always_inline]] void PutVersion1(const model::CellView& cell, std::string_view family, std::string_view row,
                                          uint8_t control);
  [[gnu::always_inline]] void PutVersion2(const model::CellView& cell, std::string_view family, std::string_view row,
                                          uint8_t control);

  const int32_t version_;
  std::string buffer_;  ///< Room, of which `size_` bytes are used: cells are written by address.
  size_t size_ = kPackedVersionBytes;
  uint32_t cell_count_ = 0;
  size_t row_offset_ = 0;  ///< Where the row that stands last in the buffer begins, and its size.
  size_t row_size_ = 0;
};

}  // namespace cellar::thrift
