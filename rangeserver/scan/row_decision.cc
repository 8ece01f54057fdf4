#include "rangeserver/scan/row_decision.h"

namespace cellar::rangeserver {

bool RowDecision::Passes(const CellParts& parts, std::string_view value) {
  const uint32_t before = true_leaves_;
  for (size_t i = 0; i < plan_.leaves().size(); ++i) {
    const uint32_t bit = uint32_t{1} << i;
    if ((true_leaves_ & bit) == 0 && plan_.leaves()[i].Matches(parts, value)) true_leaves_ |= bit;
  }
  if (true_leaves_ == before) return false;
  size_t next_leaf = 0;
  return IsTrue(plan_.spec().predicates, &next_leaf);
}

/// Counts all leaves of the tree, also of parts that no longer matter.
bool RowDecision::IsTrue(const model::PredicateTree& tree, size_t* next_leaf) const {
  using Kind = model::PredicateTree::Kind;
  if (tree.kind == Kind::kLeaf) return (true_leaves_ >> (*next_leaf)++ & 1) != 0;
  bool all = true;
  bool any = false;
  for (const model::PredicateTree& child : tree.children) {
    const bool is_true = IsTrue(child, next_leaf);
    all = all && is_true;
    any = any || is_true;
  }
  return tree.kind == Kind::kAnd ? all : any;
}

}  // namespace cellar::rangeserver
