#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "client/cpp/batch_numbers.h"
#include "model/ids.h"

namespace cellar::client {

/// Sessions whose writers have ended, for the writers that come. A range server remembers every session for as long as
/// a copy of one of its requests may be on its way, and has room for so many (rangeserver/range/write_window.h): a
/// program that opens a mutator for each cell would soon be told that the server is busy. A session that is used again
/// goes on with its numbers, as one long writer would, and is one entry there however many writers it had.
///
/// By table, so that the numbers that a table sees follow one another. Loop only.
class SessionPool {
 public:
  /// Of the writer that ended last, so that there are no more than writers at once.
  std::optional<BatchNumbers> Take(model::TableId table) {
    const auto found = free_.find(table);
    if (found == free_.end()) return std::nullopt;
    const BatchNumbers numbers = found->second.back();
    found->second.pop_back();
    --count_;
    if (found->second.empty()) free_.erase(found);
    return numbers;
  }

  /// All that was sent under it was acknowledged, each at its first try: nothing of it can be refused or stalled any
  /// more. Forgets it when there are very many.
  void GiveBack(model::TableId table, BatchNumbers numbers) {
    if (count_ >= kMostFree) return;
    free_[table].push_back(numbers);
    ++count_;
  }

  static constexpr size_t kMostFree = 1024;

 private:
  std::map<model::TableId, std::vector<BatchNumbers>> free_;  ///< None is empty.
  size_t count_ = 0;
};

}  // namespace cellar::client
