#pragma once

#include <cstdint>
#include <string_view>

#include "rangeserver/scan/scan_plan.h"

namespace cellar::rangeserver {

/// Decides a plan's predicate tree over one row's visible cells as they come. A tree of AND and OR over leaves that
/// only become true never becomes false again, so the decision may be taken before the row ends.
class RowDecision {
 public:
  explicit RowDecision(const ScanPlan& plan) : plan_(plan) {}

  void StartRow(std::string_view row);

  /// Looks at a cell; true once the row has passed.
  bool Passes(const CellParts& parts, std::string_view value);

 private:
  static_assert(model::kMaxPredicates <= 32);

  /// Leaves of both kinds are numbered as they come.
  struct Numbers {
    size_t leaf = 0;
    size_t row = 0;
  };
  bool IsTrue(const model::PredicateTree& tree, Numbers* next) const;

  const ScanPlan& plan_;
  uint32_t true_leaves_ = 0;
  uint32_t true_rows_ = 0;
  bool is_open_ = false;  ///< The row alone may decide, and has not been asked yet.
};

}  // namespace cellar::rangeserver
