#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "common/concurrency/executor.h"

namespace cellar::common {

/// Works ordered by when they are due, then by when they were added. Not thread-safe: part of an executor.
class TimerQueue {
 public:
  TimerId Add(Nanos deadline, Work work) {
    const uint64_t number = ++last_number_;
    works_.emplace(std::make_pair(deadline, number), std::move(work));
    deadlines_.emplace(number, deadline);
    return TimerId(number);
  }

  /// Returns the work, for the caller to destroy outside its lock; empty when it is not there any more.
  Work Remove(TimerId id) {
    const auto found = deadlines_.find(id.get());
    if (found == deadlines_.end()) return Work();
    const auto entry = works_.find({found->second, id.get()});
    Work work = std::move(entry->second);
    works_.erase(entry);
    deadlines_.erase(found);
    return work;
  }

  bool empty() const { return works_.empty(); }
  size_t size() const { return works_.size(); }

  /// When the first is due. Requires !empty().
  Nanos first_deadline() const { return works_.begin()->first.first; }

  /// The first one if it is due at `now`.
  std::optional<Work> TakeDue(Nanos now) {
    if (works_.empty() || first_deadline() > now) return std::nullopt;
    const auto entry = works_.begin();
    Work work = std::move(entry->second);
    deadlines_.erase(entry->first.second);
    works_.erase(entry);
    return work;
  }

 private:
  uint64_t last_number_ = 0;
  std::map<std::pair<Nanos, uint64_t>, Work> works_;
  std::unordered_map<uint64_t, Nanos> deadlines_;  // never iterated
};

}  // namespace cellar::common
