#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "storage/commitlog/block_header.h"
#include "storage/commitlog/section.h"

namespace cellar::storage {

inline constexpr size_t kIndexSealBytes = 8 << 20;  ///< A fragment is closed when its index would reach this.

/// What one group block holds of one range.
struct RangeExtent {
  const LoggedRange* range;
  model::Revision min_revision;
  model::Revision max_revision;
  uint64_t section_count = 0;
  uint64_t cells_bytes = 0;

  explicit RangeExtent(const LoggedRange* range_in) : range(range_in) {}
  void Add(const Section& section);
};

/// Which ranges have sections in which blocks of one fragment: recovery of one range reads its own extents only, and
/// a fragment can be dropped when every range in it is flushed far enough. Not thread-safe. Bounded: see
/// kIndexSealBytes.
class FragmentIndex {
 public:
  struct Block {
    LogBlockKind kind = LogBlockKind::kGroup;
    uint64_t offset = 0;
    uint64_t size_bytes = 0;
    model::Revision min_revision;
    model::Revision max_revision;

    uint64_t end() const { return offset + size_bytes; }
    friend bool operator==(const Block&, const Block&) = default;
  };
  struct Range {
    model::Revision min_revision;
    model::Revision max_revision;
    uint64_t section_count = 0;
    uint64_t cells_bytes = 0;
    std::vector<uint32_t> blocks;  ///< Ordinals, ascending.

    friend bool operator==(const Range&, const Range&) = default;
  };
  using Ranges = std::map<LoggedRange, Range, LoggedRangeLess>;

  FragmentIndex() = default;

  void set_first_sequence(uint64_t sequence) { first_sequence_ = sequence; }
  void set_pruned_up_to(uint64_t fragment_number) { pruned_up_to_ = fragment_number; }
  void AddBlock(const BlockHeader& header, std::span<const RangeExtent> extents);

  uint64_t first_sequence() const { return first_sequence_; }
  uint64_t pruned_up_to() const { return pruned_up_to_; }  ///< Largest of the fragment's prune blocks.
  const std::vector<Block>& blocks() const { return blocks_; }
  const Ranges& ranges() const { return ranges_; }

  /// At least the length of what Encode makes.
  size_t encoded_bytes_bound() const { return encoded_bytes_bound_; }

  std::string Encode() const;

  /// kCorruption when malformed, or when the blocks do not lie from the fragment's header to `end_offset`.
  static Result<FragmentIndex> Decode(std::string_view bytes, uint64_t end_offset);

  friend bool operator==(const FragmentIndex& a, const FragmentIndex& b) {
    return a.first_sequence_ == b.first_sequence_ && a.pruned_up_to_ == b.pruned_up_to_ && a.blocks_ == b.blocks_ &&
           a.ranges_ == b.ranges_;
  }

 private:
  static bool GetRange(common::Reader* in, size_t block_count, LoggedRange* range, Range* entry);

  uint64_t first_sequence_ = 1;
  uint64_t pruned_up_to_ = 0;
  std::vector<Block> blocks_;
  Ranges ranges_;
  size_t encoded_bytes_bound_ = 40;
};

}  // namespace cellar::storage
