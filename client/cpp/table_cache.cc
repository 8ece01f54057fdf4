#include "client/cpp/include/table_cache.h"

#include "model/error_codes.h"

namespace cellar::client {

Result<std::shared_ptr<Table>> TableCache::Open(std::string_view path) {
  {
    const MutexLock lock(mutex_);
    const auto found = tables_.find(path);
    if (found != tables_.end() && clock_.MonotonicNow() - found->second.opened_at < kFreshFor) {
      return found->second.table;
    }
  }
  return Reopen(path);
}

Result<std::shared_ptr<Table>> TableCache::Reopen(std::string_view path) {
  auto table = client_.OpenTable(path);
  if (!table.ok()) {
    Forget(path);
    return table;
  }
  const MutexLock lock(mutex_);
  if (tables_.size() >= kMaxTables) tables_.clear();
  Entry& entry = tables_[std::string(path)];
  // One object as long as nothing has changed, so that whoever compares sees that.
  if (entry.table == nullptr || !IsSame(*entry.table, **table)) entry.table = *std::move(table);
  entry.opened_at = clock_.MonotonicNow();
  return entry.table;
}

void TableCache::Forget(std::string_view path) {
  const MutexLock lock(mutex_);
  const auto found = tables_.find(path);
  if (found != tables_.end()) tables_.erase(found);
}

bool TableCache::MayBeStale(const Status& failure) {
  switch (failure.code()) {
    case StatusCode::kStaleSchema:
    case StatusCode::kNotFound:
      return true;
    case StatusCode::kInvalidArgument:
      return failure.detail() == model::kUnknownFamilyOnRead || failure.detail() == model::kBadKey;
    default:
      return false;
  }
}

bool TableCache::IsSame(const Table& a, const Table& b) {
  return a.id() == b.id() && a.schema()->generation() == b.schema()->generation();
}

}  // namespace cellar::client
