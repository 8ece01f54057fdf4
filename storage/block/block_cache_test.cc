#include "storage/block/block_cache.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "common/random/random.h"

namespace cellar::storage {
namespace {

using model::FileId;

constexpr size_t kBlockBytes = 1000;

BlockRef Block(uint64_t content, size_t size = kBlockBytes) {
  RawBlock block;
  block.size = size;
  block.bytes = std::make_unique<char[]>(size);
  std::memcpy(block.bytes.get(), &content, sizeof(content));
  return std::make_shared<RawBlock>(std::move(block));
}

uint64_t ContentOf(const BlockRef& block) {
  uint64_t content = 0;
  std::memcpy(&content, block->bytes.get(), sizeof(content));
  return content;
}

TEST(BlockCacheTest, FindsWhatWasInserted_ByFileAndOffset) {
  BlockCache cache(1 << 20);
  cache.Insert(FileId{1}, 64, Block(7));
  ASSERT_NE(cache.Find(FileId{1}, 64), nullptr);
  EXPECT_EQ(ContentOf(cache.Find(FileId{1}, 64)), 7u);
  EXPECT_EQ(cache.Find(FileId{2}, 64), nullptr);
  EXPECT_EQ(cache.Find(FileId{1}, uint64_t{64} + (uint64_t{1} << 32)), nullptr);
}

TEST(BlockCacheTest, NeverHoldsMoreThanItsBudget) {
  BlockCache cache(200'000, 4);
  SeededRandom random(3);
  for (int i = 0; i < 5000; ++i) {
    const uint64_t offset = random.Uniform(400);
    if (const BlockRef block = cache.Find(FileId{1}, offset)) {
      EXPECT_EQ(ContentOf(block), offset);
    } else {
      cache.Insert(FileId{1}, offset, Block(offset, 8 + random.Uniform(3000)));
    }
    EXPECT_LE(cache.stats().used_bytes, 200'000u);
  }
  cache.CheckInvariants();
  cache.SetBudget(50'000);
  EXPECT_LE(cache.stats().used_bytes, 50'000u);
  cache.CheckInvariants();
  cache.SetBudget(0);
  EXPECT_EQ(cache.stats().block_count, 0u);
}

TEST(BlockCacheTest, LongScan_LeavesTheHotBlocks) {
  BlockCache cache(100 * 1160, 1);
  for (int round = 0; round < 4; ++round) {
    for (uint64_t hot = 0; hot < 50; ++hot) {
      if (cache.Find(FileId{1}, hot) == nullptr) cache.Insert(FileId{1}, hot, Block(hot));
    }
  }
  for (uint64_t cold = 0; cold < 10'000; ++cold) {
    if (cache.Find(FileId{2}, cold) == nullptr) cache.Insert(FileId{2}, cold, Block(cold));
  }
  int left = 0;
  for (uint64_t hot = 0; hot < 50; ++hot) left += cache.Find(FileId{1}, hot) != nullptr ? 1 : 0;
  EXPECT_EQ(left, 50);
}

TEST(BlockCacheTest, BlockLargerThanHalfAShard_IsNotKept) {
  BlockCache cache(100'000, 1);
  cache.Insert(FileId{1}, 0, Block(1, 60'000));
  EXPECT_EQ(cache.Find(FileId{1}, 0), nullptr);
}

TEST(BlockCacheTest, EvictedBlock_LivesAsLongAsItsReader) {
  BlockCache cache(100'000, 1);
  cache.Insert(FileId{1}, 0, Block(42));
  const BlockRef held = cache.Find(FileId{1}, 0);
  cache.SetBudget(0);
  EXPECT_EQ(ContentOf(held), 42u);
}

}  // namespace
}  // namespace cellar::storage
