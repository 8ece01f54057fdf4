#include "client/cpp/index_plan.h"

#include <algorithm>
#include <utility>

namespace cellar::client {
namespace {

using model::ColumnPredicate;
using model::IndexKind;
using model::QualifierMatch;
using model::RowInterval;
using Value = ColumnPredicate::Value;

bool MatchesText(QualifierMatch::Kind kind, const std::string& wanted, const std::optional<model::Regex>& regex,
                 std::string_view text) {
  switch (kind) {
    case QualifierMatch::Kind::kAny:
      return true;
    case QualifierMatch::Kind::kExact:
      return text == wanted;
    case QualifierMatch::Kind::kPrefix:
      return text.starts_with(wanted);
    case QualifierMatch::Kind::kRegex:
      return regex->Matches(text);
  }
  return true;
}

/// Rows prefix + row for the rows of the interval.
RowInterval Prefixed(const std::string& prefix, const RowInterval& rows) {
  RowInterval all = RowInterval::Prefix(prefix);
  RowInterval shifted = rows;
  shifted.start.insert(0, prefix);
  shifted.end.insert(0, prefix);
  return all.Intersect(shifted);
}

std::optional<IndexPlan> PlanTree(const model::Schema& schema, const model::PredicateTree& tree, bool is_or,
                                  const std::vector<RowInterval>& rows) {
  using Kind = model::PredicateTree::Kind;
  IndexPlan plan;
  if (tree.kind == Kind::kLeaf) {
    plan.lookup = IndexLookup::For(schema, tree.leaf, rows);
    if (!plan.lookup) return std::nullopt;
    return plan;
  }
  const bool joins_with_or = is_or || tree.kind == Kind::kOr;
  for (const model::PredicateTree& child : tree.children) {
    std::optional<IndexPlan> planned = PlanTree(schema, child, is_or, rows);
    if (planned) {
      plan.children.push_back(std::move(*planned));
    } else if (joins_with_or) {
      return std::nullopt;
    }
  }
  if (plan.children.empty()) return std::nullopt;
  if (plan.children.size() == 1) return std::move(plan.children.front());
  plan.kind = joins_with_or ? IndexPlan::Kind::kOr : IndexPlan::Kind::kAnd;
  return plan;
}

}  // namespace

std::optional<IndexLookup> IndexLookup::For(const model::Schema& schema, const ColumnPredicate& predicate,
                                            const std::vector<RowInterval>& rows) {
  const model::ColumnFamily* family = schema.FindFamily(predicate.family);
  if (family == nullptr) return std::nullopt;
  const IndexKind kind = predicate.value == Value::kExists ? IndexKind::kQualifier : IndexKind::kValue;
  if (!schema.is_index_complete(family->id, kind)) return std::nullopt;
  IndexLookup lookup;
  lookup.kind_ = kind;
  lookup.table_ = *schema.definition().index_table(kind);
  lookup.family_ = family->id;
  lookup.predicate_ = predicate;
  if (predicate.qualifier.kind == QualifierMatch::Kind::kRegex) {
    auto regex = model::Regex::Compile(predicate.qualifier.text);
    if (!regex.ok()) return std::nullopt;
    lookup.qualifier_regex_ = std::move(regex).value();
  }
  if (predicate.value == Value::kRegex) {
    auto regex = model::Regex::Compile(predicate.text);
    if (!regex.ok()) return std::nullopt;
    lookup.value_regex_ = std::move(regex).value();
  }
  model::EntryPlaces places = model::PlacesOf(kind, family->id, predicate);
  lookup.unsorted_ = std::move(places.intervals);
  if (!places.column_prefix) return lookup;
  lookup.sorted_prefix_ = std::move(*places.column_prefix);
  for (const RowInterval& interval : rows) lookup.sorted_.push_back(Prefixed(lookup.sorted_prefix_, interval));
  lookup.sorted_ = model::UnionOf(std::move(lookup.sorted_));
  return lookup;
}

RowInterval IndexLookup::Behind(const RowInterval& sorted, std::string_view row) const {
  return sorted.Intersect(RowInterval::AtLeast(sorted_prefix_ + std::string(row), /*inclusive=*/false));
}

model::ScanSpec IndexLookup::Spec() const {
  std::vector<RowInterval> entries = unsorted_;
  entries.insert(entries.end(), sorted_.begin(), sorted_.end());
  return SpecOf(std::move(entries));
}

model::ScanSpec IndexLookup::SpecOf(std::vector<RowInterval> entries) {
  model::ScanSpec spec;
  spec.row_intervals = std::move(entries);
  spec.keys_only = true;
  spec.max_versions = 1;
  return spec;
}

bool IndexLookup::Matches(const model::IndexHint& hint) const {
  if (hint.family != family_) return false;
  const QualifierMatch& qualifier = predicate_.qualifier;
  if (hint.qualifier && !MatchesText(qualifier.kind, qualifier.text, qualifier_regex_, *hint.qualifier)) return false;
  const auto value_kind = static_cast<QualifierMatch::Kind>(predicate_.value);
  return !hint.value || MatchesText(value_kind, predicate_.text, value_regex_, *hint.value);
}

std::optional<model::IndexHint> IndexLookup::Read(std::string_view row, std::string_view qualifier) const {
  std::optional<model::IndexHint> hint = model::ReadEntry(kind_, row, qualifier);
  if (!hint || !Matches(*hint)) return std::nullopt;
  return hint;
}

std::string IndexPlan::ToString(const model::Schema& schema) const {
  if (kind == Kind::kLookup) return lookup->ToString(schema);
  std::string text;
  for (const IndexPlan& child : children) {
    if (!text.empty()) text += kind == Kind::kAnd ? " AND " : " OR ";
    const bool is_group = child.kind != Kind::kLookup;
    text += is_group ? "(" + child.ToString(schema) + ")" : child.ToString(schema);
  }
  return text;
}

std::string IndexLookup::ToString(const model::Schema& schema) const {
  const model::ColumnFamily* family = schema.FindFamily(family_);
  return std::string(kind_ == IndexKind::kValue ? "VALUE INDEX " : "QUALIFIER INDEX ") +
         (family == nullptr ? std::to_string(family_.get()) : family->name);
}

std::optional<IndexPlan> PlanIndexes(const model::Schema& schema, const model::ScanSpec& spec) {
  // Stored cells and markers meet no predicate; cell intervals cut rows into parts.
  if (spec.predicates.empty() || spec.return_deletes || !spec.cell_intervals.empty()) return std::nullopt;
  const std::vector<RowInterval>& asked = spec.row_intervals;
  const bool names_rows = !asked.empty() && std::all_of(asked.begin(), asked.end(),
                                                        [](const RowInterval& rows) { return rows.IsSingleRow(); });
  if (names_rows) return std::nullopt;  // they are read at once
  std::vector<RowInterval> rows = asked;
  if (rows.empty()) rows.push_back(RowInterval::All());
  const bool per_cell = spec.predicate_mode == model::PredicateMode::kPerCell;
  return PlanTree(schema, spec.predicates, per_cell, model::UnionOf(std::move(rows)));
}

}  // namespace cellar::client
