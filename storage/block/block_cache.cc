#include "storage/block/block_cache.h"

#include <deque>
#include <list>
#include <unordered_map>
#include <unordered_set>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/hash.h"
#include "common/concurrency/mutex.h"

namespace cellar::storage {

namespace {

constexpr size_t kEntryOverheadBytes = 160;  // list node, hash node, block header, control block
constexpr uint8_t kMaxUses = 3;
constexpr size_t kSmallQueueShare = 10;  // one tenth of the shard's budget

struct Key {
  model::FileId file;
  uint64_t offset = 0;

  uint64_t Hash() const {
    char bytes[16];
    common::StoreFixed64(bytes, file.get());
    common::StoreFixed64(bytes + 8, offset);
    return common::Hash64({bytes, sizeof(bytes)});
  }
  friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
  size_t operator()(const Key& key) const { return key.Hash(); }
};

struct Entry {
  Key key;
  BlockRef block;
  uint8_t use_count = 0;
  bool in_main = false;

  size_t bytes() const { return block->size + kEntryOverheadBytes; }
};

}  // namespace

/// One part of the cache. New blocks enter the small queue; those used again there, or back soon after they left it,
/// enter the main one. The ghost holds the hashes of the keys that left the small queue.
class BlockCache::Shard {
 public:
  explicit Shard(size_t budget_bytes) : budget_bytes_(budget_bytes) {}

  BlockRef Find(const Key& key) {
    MutexLock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
      ++stats_.miss_count;
      return nullptr;
    }
    ++stats_.hit_count;
    Entry& entry = *found->second;
    if (entry.use_count < kMaxUses) ++entry.use_count;
    return entry.block;
  }

  void Insert(const Key& key, BlockRef block) {
    MutexLock lock(mutex_);
    Entry entry{key, std::move(block)};
    if (entry.bytes() > budget_bytes_ / 2 || entries_.contains(key)) return;
    entry.in_main = ghost_.contains(key.Hash());
    const size_t bytes = entry.bytes();
    std::list<Entry>& queue = entry.in_main ? main_ : small_;
    (entry.in_main ? main_bytes_ : small_bytes_) += bytes;
    queue.push_back(std::move(entry));
    entries_.emplace(key, std::prev(queue.end()));
    ++stats_.insert_count;
    EvictToBudget();
  }

  void SetBudget(size_t budget_bytes) {
    MutexLock lock(mutex_);
    budget_bytes_ = budget_bytes;
    EvictToBudget();
  }

  BlockCacheStats stats() const {
    MutexLock lock(mutex_);
    BlockCacheStats stats = stats_;
    stats.used_bytes = small_bytes_ + main_bytes_;
    stats.block_count = entries_.size();
    return stats;
  }

  void CheckInvariants() const {
    MutexLock lock(mutex_);
    CHECK(entries_.size() == small_.size() + main_.size());
    size_t small_bytes = 0;
    for (const Entry& entry : small_) small_bytes += entry.bytes();
    size_t main_bytes = 0;
    for (const Entry& entry : main_) main_bytes += entry.bytes();
    CHECK(small_bytes == small_bytes_ && main_bytes == main_bytes_);
    CHECK(small_bytes_ + main_bytes_ <= budget_bytes_);
    CHECK(ghost_.size() == ghost_order_.size());
  }

 private:
  void EvictToBudget() REQUIRES(mutex_) {
    while (small_bytes_ + main_bytes_ > budget_bytes_) {
      if (!small_.empty() && (main_.empty() || small_bytes_ > budget_bytes_ / kSmallQueueShare)) {
        LeaveSmall();
      } else {
        LeaveMain();
      }
    }
  }

  void LeaveSmall() REQUIRES(mutex_) {
    Entry& oldest = small_.front();
    small_bytes_ -= oldest.bytes();
    if (oldest.use_count > 1) {
      oldest.use_count = 0;
      oldest.in_main = true;
      main_bytes_ += oldest.bytes();
      main_.splice(main_.end(), small_, small_.begin());
      return;
    }
    Remember(oldest.key.Hash());
    Drop(small_);
  }

  void LeaveMain() REQUIRES(mutex_) {
    Entry& oldest = main_.front();
    if (oldest.use_count > 0) {
      --oldest.use_count;
      main_.splice(main_.end(), main_, main_.begin());
      return;
    }
    main_bytes_ -= oldest.bytes();
    Drop(main_);
  }

  void Drop(std::list<Entry>& queue) REQUIRES(mutex_) {
    entries_.erase(queue.front().key);
    queue.pop_front();
    ++stats_.evict_count;
  }

  void Remember(uint64_t hash) REQUIRES(mutex_) {
    if (ghost_.insert(hash).second) ghost_order_.push_back(hash);
    while (ghost_order_.size() > main_.size() + small_.size()) {
      ghost_.erase(ghost_order_.front());
      ghost_order_.pop_front();
    }
  }

  mutable Mutex mutex_;
  size_t budget_bytes_ GUARDED_BY(mutex_);
  std::list<Entry> small_ GUARDED_BY(mutex_);
  std::list<Entry> main_ GUARDED_BY(mutex_);
  size_t small_bytes_ GUARDED_BY(mutex_) = 0;
  size_t main_bytes_ GUARDED_BY(mutex_) = 0;
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> entries_ GUARDED_BY(mutex_);
  std::unordered_set<uint64_t> ghost_ GUARDED_BY(mutex_);
  std::deque<uint64_t> ghost_order_ GUARDED_BY(mutex_);
  BlockCacheStats stats_ GUARDED_BY(mutex_);
};

BlockCache::BlockCache(size_t budget_bytes, size_t shard_count) {
  CHECK(shard_count > 0);
  for (size_t i = 0; i < shard_count; ++i) shards_.push_back(std::make_unique<Shard>(budget_bytes / shard_count));
}

BlockCache::~BlockCache() = default;

BlockRef BlockCache::Find(model::FileId file, uint64_t offset) {
  const Key key{file, offset};
  return shard_of(key.Hash()).Find(key);
}

void BlockCache::Insert(model::FileId file, uint64_t offset, BlockRef block) {
  const Key key{file, offset};
  shard_of(key.Hash()).Insert(key, std::move(block));
}

void BlockCache::SetBudget(size_t budget_bytes) {
  for (const auto& shard : shards_) shard->SetBudget(budget_bytes / shards_.size());
}

BlockCacheStats BlockCache::stats() const {
  BlockCacheStats sum;
  for (const auto& shard : shards_) {
    const BlockCacheStats one = shard->stats();
    sum.hit_count += one.hit_count;
    sum.miss_count += one.miss_count;
    sum.insert_count += one.insert_count;
    sum.evict_count += one.evict_count;
    sum.used_bytes += one.used_bytes;
    sum.block_count += one.block_count;
  }
  return sum;
}

void BlockCache::CheckInvariants() const {
  for (const auto& shard : shards_) shard->CheckInvariants();
}

}  // namespace cellar::storage
