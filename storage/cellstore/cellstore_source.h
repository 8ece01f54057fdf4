#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/cell_source.h"
#include "storage/cellstore/cellstore_reader.h"
#include "storage/cellstore/data_block_cursor.h"
#include "storage/cellstore/index_block.h"
#include "storage/key_bounds.h"

namespace cellar::storage {

/// The cells of one CellStore within bounds. Holds one leaf, one data block and, once blocks are read in order, a
/// buffer of file bytes ahead of them.
class CellStoreSource final : public CellSource {
 public:
  CellStoreSource(const CellStoreReader& reader, KeyBounds bounds, const SourceOptions& options);

  void SeekToFirst() override;
  void Seek(std::string_view target) override;
  bool Valid() const override { return valid_; }
  void Next() override;
  std::string_view key() const override { return cursor_.key(); }
  std::string_view value() const override { return cursor_.value(); }
  const Status& status() const override { return status_; }

 private:
  /// A data block's place in the index.
  struct Place {
    uint32_t leaf = 0;
    uint32_t entry = 0;
  };

  bool SeekIn(std::string_view target);
  bool LoadLeaf(uint32_t number);
  bool LoadBlock(Place place, bool in_order);
  bool GoToNextBlock();
  Result<BlockRef> FetchCounted(BlockHandle handle, bool in_order);
  Result<BlockRef> FetchBlock(BlockHandle handle, bool in_order);
  void Settle();
  bool Fail(Status status);

  const CellStoreReader& reader_;
  const KeyBounds bounds_;
  const SourceOptions options_;

  std::optional<uint32_t> leaf_number_;
  BlockRef leaf_block_;
  IndexBlock leaf_;
  Place place_;
  BlockRef block_;
  BlockHandle block_handle_;
  bool block_within_end_ = false;  ///< The next block starts within the bounds, so this one is.
  DataBlockCursor cursor_;

  std::unique_ptr<char[]> ahead_;
  size_t ahead_capacity_ = 0;
  uint64_t ahead_offset_ = 0;
  size_t ahead_size_ = 0;
  size_t ahead_wanted_ = 0;

  bool valid_ = false;
  Status status_;
};

}  // namespace cellar::storage
