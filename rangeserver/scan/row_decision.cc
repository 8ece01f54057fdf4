#include "rangeserver/scan/row_decision.h"

namespace cellar::rangeserver {

void RowDecision::StartRow(std::string_view row) {
  true_leaves_ = 0;
  true_rows_ = 0;
  for (size_t i = 0; i < plan_.row_leaves().size(); ++i) {
    if (plan_.row_leaves()[i].Matches(row)) true_rows_ |= uint32_t{1} << i;
  }
  is_open_ = true_rows_ != 0;
}

bool RowDecision::Passes(const CellParts& parts, std::string_view value) {
  const uint32_t before = true_leaves_;
  for (size_t i = 0; i < plan_.leaves().size(); ++i) {
    const uint32_t bit = uint32_t{1} << i;
    if ((true_leaves_ & bit) == 0 && plan_.leaves()[i].Matches(parts, value)) true_leaves_ |= bit;
  }
  if (true_leaves_ == before && !is_open_) return false;
  is_open_ = false;
  Numbers next;
  return IsTrue(plan_.spec().predicates, &next);
}

/// Counts all leaves of the tree, also of parts that no longer matter.
bool RowDecision::IsTrue(const model::PredicateTree& tree, Numbers* next) const {
  using Kind = model::PredicateTree::Kind;
  if (tree.kind == Kind::kLeaf) return (true_leaves_ >> next->leaf++ & 1) != 0;
  if (tree.kind == Kind::kRow) return (true_rows_ >> next->row++ & 1) != 0;
  bool all = true;
  bool any = false;
  for (const model::PredicateTree& child : tree.children) {
    const bool is_true = IsTrue(child, next);
    all = all && is_true;
    any = any || is_true;
  }
  return tree.kind == Kind::kAnd ? all : any;
}

}  // namespace cellar::rangeserver
