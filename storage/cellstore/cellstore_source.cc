#include "storage/cellstore/cellstore_source.h"

#include <algorithm>

namespace cellar::storage {

CellStoreSource::CellStoreSource(const CellStoreReader& reader, KeyBounds bounds, const SourceOptions& options)
    : reader_(reader), bounds_(std::move(bounds)), options_(options) {}

void CellStoreSource::SeekToFirst() {
  Seek(bounds_.start);
}

void CellStoreSource::Seek(std::string_view target) {
  valid_ = false;
  if (!status_.ok()) return;
  if (target < bounds_.start) target = bounds_.start;
  if (bounds_.is_past_end(target)) return;
  if (SeekIn(target)) Settle();
}

/// Puts the cursor on the first cell at or after `target`, whatever the end of the bounds; false at the end of the file
/// and on errors.
bool CellStoreSource::SeekIn(std::string_view target) {
  auto leaf = reader_.index_root().Find(target);
  if (!leaf.ok()) return Fail(std::move(leaf).status());
  if (!LoadLeaf(*leaf)) return false;
  auto entry = leaf_.Find(target);
  if (!entry.ok()) return Fail(std::move(entry).status());
  if (!LoadBlock(Place{*leaf, *entry}, false)) return false;
  cursor_.Seek(target);
  if (cursor_.damaged()) return Fail(common::Corruption("malformed cell"));
  if (cursor_.Valid()) return true;
  // All of the block is before the target, so the next block starts after it.
  return GoToNextBlock();
}

void CellStoreSource::Next() {
  cursor_.Next();
  if (cursor_.Valid()) [[likely]] {
    if (!block_within_end_) valid_ = !bounds_.is_past_end(cursor_.key());
    return;
  }
  valid_ = false;
  if (cursor_.damaged()) {
    Fail(common::Corruption("malformed cell"));
    return;
  }
  if (GoToNextBlock()) Settle();
}

void CellStoreSource::Settle() {
  valid_ = block_within_end_ || !bounds_.is_past_end(cursor_.key());
}

/// To the first cell of the block after this one.
bool CellStoreSource::GoToNextBlock() {
  Place next{place_.leaf, place_.entry + 1};
  if (next.entry == leaf_.entry_count()) {
    if (place_.leaf + 1 == reader_.index_root().entry_count()) return false;
    next = Place{place_.leaf + 1, 0};
    if (!LoadLeaf(next.leaf)) return false;
  }
  if (!LoadBlock(next, true)) return false;
  cursor_.SeekToFirst();
  return cursor_.Valid() || Fail(common::Corruption("malformed cell"));
}

bool CellStoreSource::LoadLeaf(uint32_t number) {
  if (leaf_number_ == number) return true;
  leaf_number_.reset();
  auto entry = reader_.index_root().Entry(number);
  if (!entry.ok()) return Fail(std::move(entry).status());
  auto block = reader_.ReadBlock(entry->block, BlockKind::kIndexLeaf, true);
  if (!block.ok()) return Fail(std::move(block).status());
  leaf_block_ = std::move(block).value();
  block_handle_ = entry->block;
  auto leaf = IndexBlock::Parse(leaf_block_->view(), false);
  if (!leaf.ok()) return Fail(std::move(leaf).status());
  leaf_ = std::move(leaf).value();
  leaf_number_ = number;
  block_ = nullptr;
  return true;
}

bool CellStoreSource::LoadBlock(Place place, bool in_order) {
  auto entry = leaf_.Entry(place.entry);
  if (!entry.ok()) return Fail(std::move(entry).status());
  const bool is_open = block_ != nullptr && block_handle_ == entry->block;
  place_ = place;
  block_handle_ = entry->block;
  if (!is_open) {
    auto block = options_.reads == nullptr ? FetchBlock(entry->block, in_order) : FetchCounted(entry->block, in_order);
    if (!block.ok()) return Fail(std::move(block).status());
    block_ = std::move(block).value();
    if (Status opened = cursor_.Open(block_->view()); !opened.ok()) return Fail(std::move(opened));
  }
  block_within_end_ = !bounds_.end.has_value();
  if (!block_within_end_ && place.entry + 1 < leaf_.entry_count()) {
    auto next = leaf_.Entry(place.entry + 1);
    if (!next.ok()) return Fail(std::move(next).status());
    block_within_end_ = next->start <= *bounds_.end;
  }
  return true;
}

Result<BlockRef> CellStoreSource::FetchCounted(BlockHandle handle, bool in_order) {
  const bool cached = reader_.cache() != nullptr && reader_.cache()->Find(reader_.file_id(), handle.offset) != nullptr;
  ASSIGN_OR_RETURN(BlockRef block, FetchBlock(handle, in_order));
  ++options_.reads->blocks;
  options_.reads->cached_blocks += cached ? 1 : 0;
  options_.reads->block_bytes += block->view().size();
  return block;
}

/// A data block from the cache, the read-ahead buffer, or the file. Reading in order, each read of the file is twice as
/// long as the one before, up to the option.
Result<BlockRef> CellStoreSource::FetchBlock(BlockHandle handle, bool in_order) {
  if (!in_order) {
    ahead_size_ = 0;
    ahead_wanted_ = 0;
    return reader_.ReadBlock(handle, BlockKind::kData, options_.fill_cache);
  }
  if (reader_.cache() != nullptr) {
    if (BlockRef cached = reader_.cache()->Find(reader_.file_id(), handle.offset)) return cached;
  }
  const bool is_ahead = handle.offset >= ahead_offset_ && handle.end() <= ahead_offset_ + ahead_size_;
  if (!is_ahead) {
    ahead_wanted_ = std::min(options_.read_ahead_bytes, std::max<size_t>(2 * handle.length, 2 * ahead_wanted_));
    const uint64_t data_end = reader_.trailer().index_root.offset;
    const size_t size =
        static_cast<size_t>(std::min<uint64_t>(ahead_wanted_, data_end - std::min(data_end, handle.offset)));
    if (size <= handle.length) return reader_.ReadBlock(handle, BlockKind::kData, options_.fill_cache);
    if (ahead_capacity_ < size) {
      ahead_ = std::make_unique_for_overwrite<char[]>(size);
      ahead_capacity_ = size;
    }
    ahead_size_ = 0;
    RETURN_IF_ERROR(reader_.ReadBytes(handle.offset, size, ahead_.get()));
    ahead_offset_ = handle.offset;
    ahead_size_ = size;
  }
  const std::string_view frame(ahead_.get() + (handle.offset - ahead_offset_), handle.length);
  ASSIGN_OR_RETURN(BlockRef block, reader_.OpenBlock(handle, BlockKind::kData, frame));
  if (reader_.cache() != nullptr && options_.fill_cache)
    reader_.cache()->Insert(reader_.file_id(), handle.offset, block);
  return block;
}

bool CellStoreSource::Fail(Status status) {
  valid_ = false;
  // What the index or a block says wrong is told with the place of the block that was being looked at.
  status_ = reader_.Named(std::move(status).WithContext("block at offset " + std::to_string(block_handle_.offset)));
  return false;
}

}  // namespace cellar::storage
