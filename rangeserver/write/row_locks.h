#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/concurrency/event.h"
#include "model/ids.h"
#include "rangeserver/range/row_latches.h"

namespace cellar::rangeserver {

/// The rows that conditional mutations of one pipeline hold, by table: from the check of the conditions until the cells
/// are visible. Loop only; outlives its holds.
class RowLocks {
 public:
  /// Holding one row; lets go by the destructor, on the loop. Move-only.
  class Hold {
   public:
    Hold() = default;
    Hold(RowLocks& locks, model::TableId table, std::string row)
        : locks_(&locks), table_(table), row_(std::move(row)) {}
    Hold(Hold&& other) noexcept
        : locks_(std::exchange(other.locks_, nullptr)), table_(other.table_), row_(std::move(other.row_)) {}
    Hold& operator=(Hold&& other) noexcept {
      if (this != &other) {
        Release();
        locks_ = std::exchange(other.locks_, nullptr);
        table_ = other.table_;
        row_ = std::move(other.row_);
      }
      return *this;
    }
    ~Hold() { Release(); }

    explicit operator bool() const { return locks_ != nullptr; }
    void Release() {
      if (RowLocks* const locks = std::exchange(locks_, nullptr)) locks->Release(table_, row_);
    }

   private:
    RowLocks* locks_ = nullptr;
    model::TableId table_;
    std::string row_;
  };

  /// Empty when somebody holds the row.
  Hold TryHold(model::TableId table, std::string_view row) {
    if (!latches_[table].TryLatch(row)) return Hold();
    return Hold(*this, table, std::string(row));
  }

  bool IsHeld(model::TableId table, std::string_view row) const {
    const auto rows = latches_.find(table);
    return rows != latches_.end() && rows->second.IsLatched(row);
  }
  bool HasAny(model::TableId table) const { return latches_.contains(table); }

  /// Woken whenever a row is let go.
  common::Event& changed() { return changed_; }

 private:
  void Release(model::TableId table, std::string_view row) {
    const auto rows = latches_.find(table);
    rows->second.Release(row);
    if (rows->second.empty()) latches_.erase(rows);
    changed_.WakeAll();
  }

  std::map<model::TableId, RowLatches> latches_;
  common::Event changed_{"row held by a conditional mutation"};
};

}  // namespace cellar::rangeserver
