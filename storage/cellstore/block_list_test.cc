#include "storage/cellstore/block_list.h"

#include <gtest/gtest.h>

#include "storage/cellstore/cellstore_test_data.h"

namespace cellar::storage {
namespace {

/// A file of small blocks with cells of rows that are ever larger.
class BlockListTest : public testing::Test {
 protected:
  BlockListTest() {
    SeededRandom random(5);
    cells_ = TestCells(random, 3000);
    CellStoreOptions options;
    options.block_size_bytes = 2000;
    CHECK(WriteTestStore(files_, cells_, options).ok());
    reader_ = OpenTestStore(files_);
  }

  struct Block {
    std::string first_key;
    uint64_t raw_bytes = 0;
    uint32_t cell_count = 0;
    BlockHandle place;
  };

  std::vector<Block> List(const KeyBounds& bounds, SourceReads* reads = nullptr) {
    std::vector<Block> blocks;
    const Status listed = ListBlocks(*reader_, bounds, reads, [&blocks](const BlockSummary& summary) {
      blocks.push_back({std::string(summary.first_key), summary.raw_bytes, summary.cell_count, summary.place});
      return common::OkStatus();
    });
    EXPECT_TRUE(listed.ok()) << listed.ToString();
    return blocks;
  }

  common::MemoryFileSystem files_;
  EncodedCells cells_;
  std::shared_ptr<const CellStoreReader> reader_;
};

TEST_F(BlockListTest, TellsOfEachBlock_WithWhatIsInIt) {
  SourceReads reads;
  const std::vector<Block> blocks = List(KeyBounds(), &reads);
  ASSERT_EQ(blocks.size(), reader_->trailer().block_count);
  ASSERT_GT(blocks.size(), 100U);
  EXPECT_EQ(reads.blocks, blocks.size());
  uint64_t raw_bytes = 0;
  size_t next_cell = 0;
  for (const Block& block : blocks) {
    ASSERT_LT(next_cell, cells_.size());
    EXPECT_EQ(block.first_key, cells_[next_cell].first);
    EXPECT_GT(block.place.length, kFrameHeaderBytes);
    next_cell += block.cell_count;
    raw_bytes += block.raw_bytes;
  }
  EXPECT_EQ(next_cell, cells_.size());
  EXPECT_EQ(raw_bytes, reader_->trailer().raw_bytes);
  EXPECT_EQ(reads.block_bytes, raw_bytes);
}

TEST_F(BlockListTest, Bounds_TakeBlocksByTheirFirstKeys) {
  const std::vector<Block> all = List(KeyBounds());
  for (const size_t first : {size_t{0}, size_t{1}, all.size() / 2, all.size() - 1}) {
    KeyBounds bounds;
    bounds.start = all[first].first_key;
    EXPECT_EQ(List(bounds).size(), all.size() - first);
    bounds.start.push_back('\0');  // just behind: the block itself begins before
    EXPECT_EQ(List(bounds).size(), all.size() - first - 1);
    KeyBounds ending;
    ending.end = all[first].first_key;
    EXPECT_EQ(List(ending).size(), first);
  }
}

TEST_F(BlockListTest, Refusal_EndsIt_AndIsToldWithTheFile) {
  int calls = 0;
  const Status ended = ListBlocks(*reader_, KeyBounds(), nullptr, [&calls](const BlockSummary&) {
    ++calls;
    return common::Cancelled("enough");
  });
  EXPECT_EQ(calls, 1);
  EXPECT_NE(ended.ToString().find(kTestPath), std::string::npos);
}

}  // namespace
}  // namespace cellar::storage
