#include "rangeserver/range/cell_cache.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/coding.h"

namespace cellar::rangeserver {

void CellCache::Add(std::span<const Input> cells, model::Revision base, const model::KeyCodec& codec) {
  constexpr size_t kLookAhead = 4;
  CHECK(cells.size() <= kMaxAddCells);
  std::array<Added, kMaxAddCells> added;
  common::WriterLock lock(mutex_);
  for (size_t i = 0; i < cells.size(); ++i) added[i] = CopyIn(cells[i], base, codec);
  for (size_t i = 0; i < std::min(cells.size(), kLookAhead); ++i) tree_.Prefetch(added[i].key);
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i + kLookAhead < cells.size()) tree_.Prefetch(added[i + kLookAhead].key);
    tree_.Insert(added[i].key, added[i].record);
  }
  stats_.memory_bytes = arena_.reserved_bytes();
}

CellCache::Added CellCache::CopyIn(const Input& input, model::Revision base, const model::KeyCodec& codec) {
  const model::EncodedCell& cell = input.cell;
  const size_t prefix_size = cell.key_prefix.size();
  const size_t key_size = prefix_size + model::kKeySuffixBytes;
  const size_t header_size = common::VarintLength(key_size) + common::VarintLength(cell.value.size());
  char* const record = arena_.Allocate(header_size + key_size + cell.value.size());
  char* const key = common::StoreVarint64(common::StoreVarint64(record, key_size), cell.value.size());
  std::memcpy(key, cell.key_prefix.data(), prefix_size);
  const model::Revision revision{base.get() + cell.ordinal};
  codec.StoreSuffix(input.family, cell.has_timestamp ? cell.timestamp : revision.get(), revision, key + prefix_size);
  if (!cell.value.empty()) std::memcpy(key + key_size, cell.value.data(), cell.value.size());
  ++stats_.cell_count;
  stats_.payload_bytes += key_size + cell.value.size();
  const auto flag = static_cast<uint8_t>(cell.key_prefix.back());
  if (flag < stats_.marker_count.size()) ++stats_.marker_count[flag];
  if (input.expirable) ++stats_.expirable_count;
  return Added{std::string_view(key, key_size), record};
}

CellCache::Stats CellCache::stats() const {
  common::ReaderLock lock(mutex_);
  return stats_;
}

void CellCache::CheckInvariants() const {
  common::ReaderLock lock(mutex_);
  tree_.CheckInvariants();
  CHECK(tree_.size() == stats_.cell_count);
}

/// Reads a chunk of records at a time under the cache's lock, then finds its place again by the last key.
class CellCacheSource final : public storage::CellSource {
 public:
  CellCacheSource(std::shared_ptr<const CellCache> cache, std::string start, std::string end)
      : cache_(std::move(cache)), start_(std::move(start)), end_(std::move(end)) {}

  void SeekToFirst() override { Fill(start_, kFirstChunk); }
  void Seek(std::string_view target) override { Fill(std::max<std::string_view>(target, start_), kFirstChunk); }
  bool Valid() const override { return next_ < chunk_.size(); }
  void Next() override {
    DCHECK(Valid());
    if (++next_ < chunk_.size()) {
      Enter();
    } else if (chunk_was_full_) {
      std::string behind(key_);
      behind.push_back('\0');
      Fill(behind, kChunk);
    }
  }
  std::string_view key() const override { return key_; }
  std::string_view value() const override { return value_; }
  const Status& status() const override { return status_; }

 private:
  static constexpr size_t kFirstChunk = 16;  ///< Point reads want few.
  static constexpr size_t kChunk = 256;

  void Fill(std::string_view target, size_t limit) {
    chunk_.clear();
    next_ = 0;
    {
      common::ReaderLock lock(cache_->mutex_);
      cache_->tree_.CopyFrom(target, limit, &chunk_);
    }
    chunk_was_full_ = chunk_.size() == limit;
    if (!chunk_.empty()) Enter();
  }

  void Enter() {
    CellTree::Decode(chunk_[next_], &key_, &value_);
    if (!end_.empty() && key_ >= end_) {
      chunk_.clear();
      next_ = 0;
      chunk_was_full_ = false;
    }
  }

  const std::shared_ptr<const CellCache> cache_;
  const std::string start_;
  const std::string end_;
  std::vector<CellTree::Record> chunk_;
  size_t next_ = 0;
  bool chunk_was_full_ = false;
  std::string_view key_;
  std::string_view value_;
  Status status_;
};

std::unique_ptr<storage::CellSource> CellCache::NewSource(std::string start, std::string end) const {
  return std::make_unique<CellCacheSource>(shared_from_this(), std::move(start), std::move(end));
}

}  // namespace cellar::rangeserver
