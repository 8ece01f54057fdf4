#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "storage/block/block_frame.h"

namespace cellar::storage {

/// One entry of an index leaf or of the index root; `start` may be a view into the block.
struct IndexEntry {
  std::string_view start;
  BlockHandle block;
  BlockHandle filter;  ///< Root only; length 0: none.
};

/// Makes the bytes of an index leaf, or of the root when entries carry filters.
class IndexBlockBuilder {
 public:
  explicit IndexBlockBuilder(bool is_root) : is_root_(is_root) {}

  void Add(const IndexEntry& entry);
  bool empty() const { return offsets_.empty(); }
  size_t size_bytes() const { return entries_.size(); }

  /// The block; the builder is empty afterwards.
  std::string Build();

 private:
  const bool is_root_;
  std::string entries_;
  std::vector<uint32_t> offsets_;
};

/// An index block, borrowed. Entries are checked as they are looked at.
class IndexBlock {
 public:
  IndexBlock() = default;

  static Result<IndexBlock> Parse(std::string_view block, bool is_root);

  uint32_t entry_count() const { return entry_count_; }

  /// Requires index < entry_count(). kCorruption when the entry does not fit.
  Result<IndexEntry> Entry(uint32_t index) const;

  /// Place of the last entry whose start is at or before `key`; 0 when there is none such. kCorruption.
  Result<uint32_t> Find(std::string_view key) const;

 private:
  std::string_view entries_;
  const char* offsets_ = nullptr;
  uint32_t entry_count_ = 0;
  bool is_root_ = false;
};

}  // namespace cellar::storage
