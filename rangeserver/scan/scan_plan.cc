#include "rangeserver/scan/scan_plan.h"

#include <algorithm>
#include <utility>

#include "model/error_codes.h"

namespace cellar::rangeserver {

using model::FamilyId;
using model::KeyFlag;

Result<std::shared_ptr<const ScanPlan>> ScanPlan::Make(std::shared_ptr<const model::Schema> schema,
                                                       model::ScanSpec spec) {
  RETURN_IF_ERROR(spec.Check());
  std::shared_ptr<ScanPlan> plan(new ScanPlan(std::move(schema), std::move(spec)));
  RETURN_IF_ERROR(plan->Resolve());
  return std::shared_ptr<const ScanPlan>(std::move(plan));
}

Result<FamilyId> ScanPlan::FamilyNamed(const std::string& name) const {
  const model::ColumnFamily* family = schema_->FindFamily(name);
  if (family == nullptr)
    return common::InvalidArgument("column family '" + name + "' does not exist")
        .WithDetail(model::kUnknownFamilyOnRead);
  return family->id;
}

Status ScanPlan::Resolve() {
  for (const model::ColumnFamily& family : schema_->families()) {
    if (family.deleted || !schema_->rules(family.id).counter) continue;
    counters_.set(family.id.get());
    has_counters_ = true;
  }
  RETURN_IF_ERROR(ResolveColumns());
  RETURN_IF_ERROR(ResolveLeaves());
  ASSIGN_OR_RETURN(intervals_, IntervalsOf(spec_, *schema_));
  intervals_in_order_ = spec_.interval_mode == model::IntervalMode::kEachInOrder && !spec_.scan_and_filter_rows;
  if (!spec_.row_regex.empty()) {
    ASSIGN_OR_RETURN(row_regex_, model::Regex::Compile(spec_.row_regex));
  }
  if (!spec_.value_regex.empty()) {
    ASSIGN_OR_RETURN(value_regex_, model::Regex::Compile(spec_.value_regex));
  }
  ChooseFamilies();
  return Status();
}

Status ScanPlan::ResolveColumns() {
  for (const model::ColumnSelector& column : spec_.columns) {
    ASSIGN_OR_RETURN(const FamilyId family, FamilyNamed(column.family));
    ASSIGN_OR_RETURN(Matcher matcher, Matcher::For(column.qualifier));
    FamilySelection& selection = selections_[family.get()];
    selection.selected = true;
    selection.whole = selection.whole || matcher.matches_everything();
    selection.qualifiers.push_back(std::move(matcher));
  }
  if (!spec_.columns.empty()) return Status();
  for (FamilySelection& selection : selections_) selection.selected = selection.whole = true;
  return Status();
}

/// Of a predicate that names none: all but counters.
Result<model::FamilySet> ScanPlan::FamiliesOf(const model::ColumnPredicate& predicate) const {
  model::FamilySet families;
  if (predicate.family.empty() && spec_.predicate_mode == model::PredicateMode::kPerRow) {
    for (const model::ColumnFamily& family : schema_->families()) families.set(family.id.get());
    return families & ~counters_;
  }
  ASSIGN_OR_RETURN(const FamilyId family, FamilyNamed(predicate.family));
  if (counters_[family.get()])
    return common::InvalidArgument("column predicate on the counter '" + predicate.family + "'")
        .WithDetail(model::kBadScanSpec);
  families.set(family.get());
  return families;
}

Status ScanPlan::ResolveLeaves() {
  for (const model::ColumnPredicate* predicate : spec_.predicates.Leaves()) {
    PredicateLeaf leaf;
    ASSIGN_OR_RETURN(leaf.families, FamiliesOf(*predicate));
    ASSIGN_OR_RETURN(leaf.qualifier, Matcher::For(predicate->qualifier));
    ASSIGN_OR_RETURN(leaf.value, Matcher::ForValue(predicate->value, predicate->text));
    leaves_.push_back(std::move(leaf));
  }
  for (const model::RowPredicate* predicate : spec_.predicates.RowLeaves()) {
    RowLeaf& leaf = row_leaves_.emplace_back();
    leaf.rows = predicate->rows;
    if (predicate->regex.empty()) continue;
    ASSIGN_OR_RETURN(leaf.regex, model::Regex::Compile(predicate->regex));
  }
  decides_rows_ = !spec_.predicates.empty() && spec_.predicate_mode == model::PredicateMode::kPerRow;
  decides_cells_ = !leaves_.empty() && spec_.predicate_mode == model::PredicateMode::kPerCell;
  return Status();
}

void ScanPlan::ChooseFamilies() {
  for (const model::ColumnFamily& family : schema_->families()) {
    if (family.deleted) continue;
    const FamilyId id = family.id;
    const auto looks_at_it = [id](const PredicateLeaf& leaf) { return leaf.families[id.get()]; };
    const bool has_leaf = std::any_of(leaves_.begin(), leaves_.end(), looks_at_it);
    const bool is_wanted = selections_[id.get()].selected && (!decides_cells_ || has_leaf || spec_.return_deletes);
    if (is_wanted || (decides_rows_ && has_leaf)) families_.set(id.get());
  }
}

bool ScanPlan::MatchesSomeLeaf(const CellParts& parts, std::string_view value) const {
  return std::any_of(leaves_.begin(), leaves_.end(),
                     [&](const PredicateLeaf& leaf) { return leaf.Matches(parts, value); });
}

bool ScanPlan::Selects(const CellParts& parts, std::string_view value) const {
  const bool is_insert = parts.flag == KeyFlag::kInsert;
  const FamilySelection& selection = selections_[parts.family.get()];
  if (!selection.selected && parts.flag != KeyFlag::kDeleteRow) return false;
  if (decides_cells_ && is_insert && !MatchesSomeLeaf(parts, value)) return false;
  if (!selection.whole && parts.flag > KeyFlag::kDeleteFamily &&
      std::none_of(selection.qualifiers.begin(), selection.qualifiers.end(),
                   [&](const Matcher& matcher) { return matcher.Matches(parts.qualifier); }))
    return false;
  return !value_regex_ || !is_insert || counters_[parts.family.get()] || value_regex_->Matches(value);
}

storage::KeyBounds ScanPlan::ColumnsOf(std::string_view row) const {
  storage::KeyBounds bounds = storage::KeyBounds::Of(model::RowInterval::Row(std::string(row)));
  if (spec_.columns.empty()) return bounds;
  std::string first;
  std::string end;
  for (const model::ColumnSelector& column : spec_.columns) {
    const FamilyId family = schema_->FindFamily(column.family)->id;
    const bool exact = column.qualifier.kind == model::QualifierMatch::Kind::kExact;
    std::string low = exact ? model::ColumnStart(row, family, column.qualifier.text) : model::FamilyStart(row, family);
    std::string high = exact ? model::ColumnEnd(row, family, column.qualifier.text) : model::FamilyEnd(row, family);
    if (first.empty() || low < first) first = std::move(low);
    end = std::max(end, std::move(high));
  }
  bounds.start = std::move(first);
  bounds.end = std::move(end);
  return bounds;
}

}  // namespace cellar::rangeserver
