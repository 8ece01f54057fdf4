#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/manifest.h"
#include "rangeserver/range/cell_cache.h"
#include "storage/cellstore/cellstore_reader.h"

namespace cellar::rangeserver {

/// One CellStore as a range uses it.
struct Store {
  model::ManifestFile file;
  std::shared_ptr<const storage::CellStoreReader> reader;

  Store() = default;
  Store(model::ManifestFile file_in, std::shared_ptr<const storage::CellStoreReader> reader_in)
      : file(std::move(file_in)), reader(std::move(reader_in)) {}
};

/// Caches and files of one access group at one moment.
struct PinnedGroup {
  std::vector<std::shared_ptr<const CellCache>> caches;  ///< Oldest first; the active one is last.
  std::vector<Store> stores;                             ///< Oldest first.
};

/// Those of all groups of a range, in the order of the schema's groups.
struct PinnedGroups {
  std::vector<PinnedGroup> groups;
};

/// The caches and files of one access group of one range. A plain part of its Range, guarded by the Range's mutex.
class AccessGroup {
 public:
  AccessGroup(std::string name, std::vector<Store> stores)
      : name_(std::move(name)), stores_(std::move(stores)), active_(std::make_shared<CellCache>()) {}

  const std::string& name() const { return name_; }
  const std::shared_ptr<CellCache>& active() const { return active_; }
  const std::vector<std::shared_ptr<const CellCache>>& frozen() const { return frozen_; }  ///< Oldest first.
  const std::vector<Store>& stores() const { return stores_; }

  /// Begins a new active cache, unless this one is empty.
  void Freeze() {
    if (active_->empty()) return;
    frozen_.push_back(std::move(active_));
    active_ = std::make_shared<CellCache>();
  }

  /// Lets the first `cache_count` frozen caches and all stores behind the first `kept_stores` go; adds `added`.
  void Replace(size_t cache_count, size_t kept_stores, std::vector<Store> added) {
    frozen_.erase(frozen_.begin(), frozen_.begin() + static_cast<std::ptrdiff_t>(cache_count));
    stores_.resize(kept_stores);
    for (Store& store : added) stores_.push_back(std::move(store));
  }

  PinnedGroup Pin() const {
    PinnedGroup pinned;
    pinned.caches = frozen_;
    pinned.caches.push_back(active_);
    pinned.stores = stores_;
    return pinned;
  }

 private:
  const std::string name_;
  std::vector<Store> stores_;
  std::vector<std::shared_ptr<const CellCache>> frozen_;
  std::shared_ptr<CellCache> active_;
};

}  // namespace cellar::rangeserver
