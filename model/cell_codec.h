#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/bytes/byte_room.h"
#include "model/cell.h"
#include "model/key_codec.h"

namespace cellar::model {

/// The one format of cells in a client's frame, in a section of the commit log and in what the CellCache is fed with
/// (docs/internals/cells.md):
///
///     cells := cell*
///     cell  := varint32 key_size, varint32 value_size, varint32 (ordinal << 1 | has_timestamp),
///              [i64 timestamp, little-endian], key prefix, value
///     frame := u8 version (1), u8 flags, varint32 cell_count, varint32 ordinal_span, cells
///
/// The ordinal is the cell's place in the client's call order: revision = base revision + ordinal, and an automatic
/// timestamp is that revision. A batch uses up `ordinal_span` revisions. Rows never descend within a frame.

inline constexpr uint8_t kFrameVersion = 1;

/// The cells are in key order whatever the base revision will be: no column mixes explicit and automatic timestamps.
inline constexpr uint8_t kFrameSorted = 1;

inline constexpr uint32_t kMaxFrameCells = 1u << 24;
inline constexpr size_t kMaxFrameBytes = 56 << 20;
inline constexpr size_t kMaxCellHeaderBytes = 3 * 5 + 8;

/// One encoded cell; views into the frame.
struct EncodedCell {
  std::string_view key_prefix;
  std::string_view value;
  uint32_t ordinal = 0;
  bool has_timestamp = false;
  int64_t timestamp = kAutomaticTimestamp;
  std::string_view bytes;  ///< The whole cell as encoded.
};

/// Appends one cell. `key_prefix` as AppendKeyPrefix makes it.
void AppendCell(std::string_view key_prefix, std::string_view value, uint32_t ordinal, bool has_timestamp,
                int64_t timestamp, std::string* out);

/// Walks over cells, checking bounds at each step, allocating nothing. Key prefixes are not looked into: use ParseFrame
/// for bytes from outside.
class CellReader {
 public:
  explicit CellReader(std::string_view cells) : rest_(cells), size_(cells.size()) {}

  /// False at the end or on damage: status() tells which.
  bool Next(EncodedCell* cell);

  /// kCorruption with the offset of the first bad cell.
  const Status& status() const { return status_; }

 private:
  std::string_view rest_;
  size_t size_;
  Status status_;
};

/// Consecutive cells of one row within a frame's cells.
struct RowExtent {
  std::string_view escaped_row;  ///< esc(row).
  uint32_t offset = 0;           ///< From the start of the cells.
  uint32_t size = 0;
  uint32_t cell_count = 0;
};

/// A parsed frame; views into its bytes.
struct FrameView {
  bool sorted = false;
  uint32_t cell_count = 0;
  uint32_t ordinal_span = 0;
  std::string_view cells;
  std::vector<RowExtent> rows;
  FamilySet families;  ///< That some cell is of; 0: row deletes.

  std::string_view cells_of(const RowExtent& row) const { return cells.substr(row.offset, row.size); }
};

/// Verifies every byte of a frame from outside: header, structure, escapes, families 1–254, flags, sizes, timestamps,
/// row order, and key order when it claims to be sorted. kInvalidArgument (public code 9 for a bad key or value, 55 for
/// a bad structure) with the cell's ordinal number in the message. Unknown families are the schema's business.
Result<FrameView> ParseFrame(std::string_view frame, const CellLimits& limits, const KeyCodec& codec);

/// The same of a frame that a FrameBuilder of this process made, whose cells are as they should be: they are not
/// verified. kInvalidArgument when it is too long.
Result<FrameView> ViewFrame(std::string_view frame);

/// Collects cells in the order of a client's calls and makes a sorted frame of them. Cells that come in the order of
/// keys cost no sorting. Not thread-safe.
class FrameBuilder {
 public:
  explicit FrameBuilder(const KeyCodec& codec) : codec_(codec) {}

  /// The cell must have passed the checks of key.h. Gives it the next ordinal. An automatic timestamp is
  /// kAutomaticTimestamp; the revision is ignored.
  void Add(const CellView& cell);
  void Add(const KeyView& key, std::string_view value) { Add(CellView{key, value}); }

  bool empty() const { return cell_count_ == 0; }
  uint32_t cell_count() const { return cell_count_; }
  size_t size_bytes() const { return cells_.size(); }  ///< What Build returns is at most kFrameHeaderBytes longer.
  static constexpr size_t kFrameHeaderBytes = 12;

  /// The frame; the builder is empty afterwards.
  std::string Build();

 private:
  struct Entry {
    uint64_t prefix;  ///< First eight bytes of the key prefix, big-endian: decides most comparisons.
    uint32_t offset;  ///< Of the cell in cells_.
    uint32_t ordinal;
  };
  void Enter(uint32_t offset, uint32_t end, std::string_view key_prefix);
  void EnterAll(size_t size);
  bool Less(const Entry& a, const Entry& b, bool* mixed) const;
  void Sort(bool* mixed);
  void SortByPrefix();

  KeyCodec codec_;
  common::ByteRoom cells_;  ///< As they came.
  uint32_t cell_count_ = 0;
  bool ascends_ = true;        ///< Each key prefix is above the one before,
  size_t last_prefix_at_ = 0;  ///< which is here, up to the value:
  size_t last_prefix_size_ = 0;
  std::vector<Entry> entries_;  ///< of each cell, unless all ascend.
  std::vector<uint32_t> ends_;  ///< Of the cells in cells_, by ordinal; likewise.
  std::vector<Entry> scratch_;
};

/// Makes the whole key of an encoded cell: key prefix and the suffix for `base`. Appends.
void AppendWholeKey(const EncodedCell& cell, Revision base, const KeyCodec& codec, std::string* out);

}  // namespace cellar::model
