#include "storage/cellstore/block_count.h"

#include "storage/cellstore/index_block.h"

namespace cellar::storage {

namespace {

/// Adds the blocks of one leaf; false when the bounds end within it.
Result<bool> AddLeaf(const IndexBlock& leaf, uint32_t first, const KeyBounds& bounds, BlockCount* count) {
  for (uint32_t i = first; i < leaf.entry_count(); ++i) {
    ASSIGN_OR_RETURN(const IndexEntry entry, leaf.Entry(i));
    if (i > first && bounds.is_past_end(entry.start)) return false;
    ++count->blocks;
    count->bytes += entry.block.length;
  }
  return true;
}

}  // namespace

Result<BlockCount> CountBlocks(const CellStoreReader& reader, const KeyBounds& bounds) {
  BlockCount count;
  const IndexBlock& root = reader.index_root();
  if (root.entry_count() == 0) return count;
  ASSIGN_OR_RETURN(const uint32_t first_leaf, root.Find(bounds.start));
  for (uint32_t number = first_leaf; number < root.entry_count(); ++number) {
    ASSIGN_OR_RETURN(const IndexEntry entry, root.Entry(number));
    if (number > first_leaf && bounds.is_past_end(entry.start)) return count;
    ASSIGN_OR_RETURN(const BlockRef block, reader.ReadBlock(entry.block, BlockKind::kIndexLeaf, true));
    ASSIGN_OR_RETURN(const IndexBlock leaf, IndexBlock::Parse(block->view(), false));
    uint32_t first = 0;
    if (number == first_leaf) {
      ASSIGN_OR_RETURN(first, leaf.Find(bounds.start));
    }
    ASSIGN_OR_RETURN(const bool goes_on, AddLeaf(leaf, first, bounds, &count));
    if (!goes_on) return count;
  }
  return count;
}

}  // namespace cellar::storage
