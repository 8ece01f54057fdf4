#include "storage/cellstore/block_list.h"

#include "storage/cellstore/data_block_cursor.h"
#include "storage/cellstore/index_block.h"

namespace cellar::storage {

namespace {

/// One walk through the index of a file.
class BlockWalk {
 public:
  BlockWalk(const CellStoreReader& reader, const KeyBounds& bounds, SourceReads* reads,
            const std::function<Status(const BlockSummary&)>& visit)
      : reader_(reader), bounds_(bounds), reads_(reads), visit_(visit) {}

  Status Run() {
    const IndexBlock& root = reader_.index_root();
    if (root.entry_count() == 0) return common::OkStatus();
    ASSIGN_OR_RETURN(const uint32_t first_leaf, root.Find(bounds_.start));
    for (uint32_t number = first_leaf; number < root.entry_count() && !past_end_; ++number) {
      ASSIGN_OR_RETURN(const IndexEntry entry, root.Entry(number));
      if (number > first_leaf && bounds_.is_past_end(entry.start)) break;
      ASSIGN_OR_RETURN(const BlockRef block, reader_.ReadBlock(entry.block, BlockKind::kIndexLeaf, true));
      ASSIGN_OR_RETURN(const IndexBlock leaf, IndexBlock::Parse(block->view(), false));
      RETURN_IF_ERROR(VisitLeaf(leaf, number == first_leaf));
    }
    return common::OkStatus();
  }

 private:
  Status VisitLeaf(const IndexBlock& leaf, bool is_first) {
    uint32_t first = 0;
    if (is_first) {
      ASSIGN_OR_RETURN(first, leaf.Find(bounds_.start));
    }
    for (uint32_t i = first; i < leaf.entry_count() && !past_end_; ++i) {
      ASSIGN_OR_RETURN(const IndexEntry entry, leaf.Entry(i));
      if (i > first && bounds_.is_past_end(entry.start)) break;
      RETURN_IF_ERROR(VisitBlock(entry.block));
    }
    return common::OkStatus();
  }

  Status VisitBlock(BlockHandle place) {
    ASSIGN_OR_RETURN(const BlockRef block, reader_.ReadBlock(place, BlockKind::kData, /*fill_cache=*/false));
    DataBlockCursor cursor;
    RETURN_IF_ERROR(cursor.Open(block->view()));
    cursor.SeekToFirst();
    if (!cursor.Valid()) {
      return common::Corruption("the data block at offset " + std::to_string(place.offset) + " has no first cell");
    }
    if (reads_ != nullptr) {
      ++reads_->blocks;
      reads_->block_bytes += block->view().size();
    }
    past_end_ = bounds_.is_past_end(cursor.key());
    if (past_end_ || cursor.key() < bounds_.start) return common::OkStatus();
    BlockSummary summary;
    summary.first_key = cursor.key();
    summary.place = place;
    summary.raw_bytes = block->view().size();
    summary.cell_count = cursor.footer().cell_count;
    return visit_(summary);
  }

  const CellStoreReader& reader_;
  const KeyBounds& bounds_;
  SourceReads* const reads_;
  const std::function<Status(const BlockSummary&)>& visit_;
  bool past_end_ = false;
};

}  // namespace

Status ListBlocks(const CellStoreReader& reader, const KeyBounds& bounds, SourceReads* reads,
                  const std::function<Status(const BlockSummary&)>& visit) {
  return reader.Named(BlockWalk(reader, bounds, reads, visit).Run());
}

}  // namespace cellar::storage
