#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace cellar::rangeserver {

/// The rows of one range that a conditional mutation holds, from the evaluation of its conditions until its cells are
/// visible. Owned and used by the write pipeline of the range, on one thread; waiting is the pipeline's business.
///
/// Rule: whoever writes a row that is latched waits; whoever latches a row first lets everything that was accepted for
/// it before become visible.
class RowLatches {
 public:
  /// False: somebody holds the row.
  bool TryLatch(std::string_view row) { return rows_.emplace(row).second; }
  bool IsLatched(std::string_view row) const { return rows_.find(row) != rows_.end(); }
  void Release(std::string_view row) { rows_.erase(rows_.find(row)); }
  bool empty() const { return rows_.empty(); }
  size_t count() const { return rows_.size(); }

 private:
  std::set<std::string, std::less<>> rows_;
};

}  // namespace cellar::rangeserver
