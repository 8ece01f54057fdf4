#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/ids.h"
#include "storage/block/block_frame.h"

namespace cellar::storage {

/// A verified, decompressed block, shared by the cache and those who read it.
using BlockRef = std::shared_ptr<const RawBlock>;

/// Counts since the cache was made.
struct BlockCacheStats {
  uint64_t hit_count = 0;
  uint64_t miss_count = 0;
  uint64_t insert_count = 0;
  uint64_t evict_count = 0;
  uint64_t used_bytes = 0;
  uint64_t block_count = 0;
};

/// Decompressed blocks of all CellStores of a process by file id and offset; file ids are never reused, so an entry is
/// never wrong, only unused. Holds at most `budget_bytes`, readers' references aside. Thread-safe: sharded, each shard
/// under a lock of its own, "block cache shard", a leaf of the lock order.
///
/// Resists scans: a block that nobody asks for a second time passes through a small queue and is gone (Yang et al.,
/// "FIFO queues are all you need for cache eviction", SOSP 2023).
class BlockCache {
 public:
  static constexpr size_t kDefaultShardCount = 16;

  explicit BlockCache(size_t budget_bytes, size_t shard_count = kDefaultShardCount);
  ~BlockCache();

  /// nullptr: not there.
  BlockRef Find(model::FileId file, uint64_t offset);

  /// No effect when it is there already, or larger than half a shard.
  void Insert(model::FileId file, uint64_t offset, BlockRef block);

  /// Evicts at once when the budget becomes smaller.
  void SetBudget(size_t budget_bytes);

  BlockCacheStats stats() const;

  /// CHECKs that the sums of every shard are right. For tests.
  void CheckInvariants() const;

 private:
  class Shard;
  Shard& shard_of(uint64_t hash) { return *shards_[hash % shards_.size()]; }

  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace cellar::storage
