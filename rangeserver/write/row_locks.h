#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/concurrency/event.h"
#include "model/ids.h"
#include "rangeserver/range/row_latches.h"

namespace cellar::rangeserver {

/// The rows that conditional mutations of one pipeline hold, by table: from the check of the conditions until the cells
/// are visible. Loop only; made by make_shared, so that a hold that outlives it (in a job of a dead node) lets go of
/// nothing.
class RowLocks : public std::enable_shared_from_this<RowLocks> {
 public:
  /// Holding one row; lets go by the destructor, on the loop. Move-only.
  class Hold {
   public:
    Hold() = default;
    Hold(std::weak_ptr<RowLocks> locks, model::TableId table, std::string row)
        : locks_(std::move(locks)), held_(true), table_(table), row_(std::move(row)) {}
    Hold(Hold&& other) noexcept
        : locks_(std::move(other.locks_)),
          held_(std::exchange(other.held_, false)),
          table_(other.table_),
          row_(std::move(other.row_)) {}
    Hold& operator=(Hold&& other) noexcept {
      if (this != &other) {
        Release();
        locks_ = std::move(other.locks_);
        held_ = std::exchange(other.held_, false);
        table_ = other.table_;
        row_ = std::move(other.row_);
      }
      return *this;
    }
    ~Hold() { Release(); }

    explicit operator bool() const { return held_; }
    void Release() {
      if (!std::exchange(held_, false)) return;
      if (const auto locks = locks_.lock()) locks->Release(table_, row_);
    }

   private:
    std::weak_ptr<RowLocks> locks_;
    bool held_ = false;
    model::TableId table_;
    std::string row_;
  };

  /// Empty when somebody holds the row.
  Hold TryHold(model::TableId table, std::string_view row) {
    if (!latches_[table].TryLatch(row)) return Hold();
    return Hold(weak_from_this(), table, std::string(row));
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
