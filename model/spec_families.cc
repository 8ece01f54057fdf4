#include "model/spec_families.h"

#include <string>

#include "model/error_codes.h"

namespace cellar::model {
namespace {

class Renaming {
 public:
  Renaming(const Schema& before, const Schema& now) : before_(before), now_(now) {}

  Status operator()(std::string* name) const {
    const ColumnFamily* const was = before_.FindFamily(*name);
    if (was == nullptr) return common::OkStatus();
    const ColumnFamily* const is = now_.FindFamily(was->id);
    if (is == nullptr) {
      return common::InvalidArgument("column family '" + *name + "' was dropped").WithDetail(kUnknownFamilyOnRead);
    }
    *name = is->name;
    return common::OkStatus();
  }

  Status operator()(CellBound* bound) const {
    if (bound->depth < CellBound::Depth::kFamily) return common::OkStatus();
    return (*this)(&bound->family);
  }

  Status operator()(PredicateTree* tree) const {
    if (tree->kind == PredicateTree::Kind::kLeaf) return (*this)(&tree->leaf.family);
    for (PredicateTree& child : tree->children) RETURN_IF_ERROR((*this)(&child));
    return common::OkStatus();
  }

 private:
  const Schema& before_;
  const Schema& now_;
};

Status CheckFamily(const std::string& name, const Schema& schema) {
  if (schema.FindFamily(name) != nullptr) return common::OkStatus();
  return common::InvalidArgument("the table has no column family " + QuoteBytes(name)).WithDetail(kUnknownFamilyOnRead);
}

}  // namespace

Status CheckFamilies(const ScanSpec& spec, const Schema& schema) {
  for (const ColumnSelector& column : spec.columns) RETURN_IF_ERROR(CheckFamily(column.family, schema));
  for (const ColumnPredicate* leaf : spec.predicates.Leaves()) {
    if (leaf->family.empty() && spec.predicate_mode == PredicateMode::kPerRow) continue;
    RETURN_IF_ERROR(CheckFamily(leaf->family, schema));
    if (schema.rules(schema.FindFamily(leaf->family)->id).counter) {
      return common::InvalidArgument("a predicate on the counter " + QuoteBytes(leaf->family)).WithDetail(kBadScanSpec);
    }
  }
  for (const CellInterval& cells : spec.cell_intervals) {
    for (const CellBound* bound : {&cells.start, &cells.end}) {
      if (bound->depth >= CellBound::Depth::kFamily) RETURN_IF_ERROR(CheckFamily(bound->family, schema));
    }
  }
  return common::OkStatus();
}

Result<ScanSpec> RenamedFamilies(ScanSpec spec, const Schema& before, const Schema& now) {
  const Renaming renaming(before, now);
  for (ColumnSelector& column : spec.columns) RETURN_IF_ERROR(renaming(&column.family));
  for (CellInterval& cells : spec.cell_intervals) {
    RETURN_IF_ERROR(renaming(&cells.start));
    RETURN_IF_ERROR(renaming(&cells.end));
  }
  RETURN_IF_ERROR(renaming(&spec.predicates));
  return spec;
}

}  // namespace cellar::model
