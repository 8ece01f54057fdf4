#include "model/scan_spec.h"

#include <utility>

#include "model/error_codes.h"
#include "model/regex.h"

namespace cellar::model {

namespace {

Status Bad(std::string message) {
  return common::InvalidArgument("scan spec: " + std::move(message)).WithDetail(kBadScanSpec);
}

Status CheckRegex(const std::string& expression) {
  return expression.empty() ? common::Status() : Regex::Compile(expression).status();
}

Status CheckMatch(const QualifierMatch& match) {
  return match.kind == QualifierMatch::Kind::kRegex ? Regex::Compile(match.text).status() : common::Status();
}

Status CheckRowBounds(const RowInterval& interval) {
  const bool is_too_long = interval.start.size() > kMaxSystemRowBytes || interval.end.size() > kMaxSystemRowBytes;
  return is_too_long ? Bad("bound of a row interval is too long") : common::Status();
}

Status CheckTree(const PredicateTree& tree, size_t depth, size_t* leaf_count) {
  if (depth > kMaxPredicateDepth) return Bad("column predicates are nested too deeply");
  if (tree.kind == PredicateTree::Kind::kEmpty) return Bad("empty column predicate inside an expression");
  if (tree.kind == PredicateTree::Kind::kLeaf) {
    if (++*leaf_count > kMaxPredicates) return Bad("more than 32 column predicates");
    RETURN_IF_ERROR(CheckMatch(tree.leaf.qualifier));
    if (tree.leaf.value == ColumnPredicate::Value::kRegex) return Regex::Compile(tree.leaf.text).status();
    return common::Status();
  }
  if (tree.kind == PredicateTree::Kind::kRow) {
    if (++*leaf_count > kMaxPredicates) return Bad("more than 32 column predicates");
    RETURN_IF_ERROR(CheckRowBounds(tree.row.rows));
    return CheckRegex(tree.row.regex);
  }
  if (tree.children.empty()) return Bad("AND or OR of nothing");
  for (const PredicateTree& child : tree.children) RETURN_IF_ERROR(CheckTree(child, depth + 1, leaf_count));
  return common::Status();
}

Status CheckInterval(const RowInterval& interval) {
  if (interval.start_unbounded || interval.end_unbounded) return common::Status();
  if (interval.start > interval.end) return Bad("row interval " + interval.ToString() + " is reversed");
  if (interval.start == interval.end && !interval.start_inclusive && !interval.end_inclusive)
    return Bad("row interval " + interval.ToString() + " is empty");
  return common::Status();
}

Status CheckBound(const CellBound& bound) {
  if (bound.depth == CellBound::Depth::kUnbounded) return common::Status();
  if (bound.row.size() > kMaxSystemRowBytes || bound.qualifier.size() > kMaxQualifierBytes)
    return Bad("bound of a cell interval is too long");
  if (bound.depth != CellBound::Depth::kRow && bound.family.empty()) return Bad("cell interval without column family");
  return common::Status();
}

void CollectRowLeaves(const PredicateTree& tree, std::vector<const RowPredicate*>* leaves) {
  if (tree.kind == PredicateTree::Kind::kRow) leaves->push_back(&tree.row);
  for (const PredicateTree& child : tree.children) CollectRowLeaves(child, leaves);
}

void CollectLeaves(const PredicateTree& tree, std::vector<const ColumnPredicate*>* leaves) {
  if (tree.kind == PredicateTree::Kind::kLeaf) leaves->push_back(&tree.leaf);
  for (const PredicateTree& child : tree.children) CollectLeaves(child, leaves);
}

}  // namespace

QualifierMatch::QualifierMatch(Kind kind_in, std::string text_in) : kind(kind_in), text(std::move(text_in)) {}

ColumnSelector::ColumnSelector(std::string family_in, QualifierMatch qualifier_in)
    : family(std::move(family_in)), qualifier(std::move(qualifier_in)) {}

ColumnPredicate::ColumnPredicate(std::string family_in, QualifierMatch qualifier_in, Value value_in,
                                 std::string text_in)
    : family(std::move(family_in)), qualifier(std::move(qualifier_in)), value(value_in), text(std::move(text_in)) {}

PredicateTree::PredicateTree(ColumnPredicate predicate) : kind(Kind::kLeaf), leaf(std::move(predicate)) {}

PredicateTree::PredicateTree(RowPredicate predicate) : kind(Kind::kRow), row(std::move(predicate)) {}

PredicateTree::PredicateTree(Kind kind_in, std::vector<PredicateTree> children_in)
    : kind(kind_in), children(std::move(children_in)) {}

std::vector<const ColumnPredicate*> PredicateTree::Leaves() const {
  std::vector<const ColumnPredicate*> leaves;
  CollectLeaves(*this, &leaves);
  return leaves;
}

std::vector<const RowPredicate*> PredicateTree::RowLeaves() const {
  std::vector<const RowPredicate*> leaves;
  CollectRowLeaves(*this, &leaves);
  return leaves;
}

Status ScanSpec::Check() const {
  if (!row_intervals.empty() && !cell_intervals.empty()) return Bad("row and cell intervals together");
  if (row_intervals.size() > kMaxIntervals || cell_intervals.size() > kMaxIntervals) return Bad("too many intervals");
  if (columns.size() > kMaxSelectors) return Bad("too many columns");
  for (const CellInterval& interval : cell_intervals) {
    RETURN_IF_ERROR(CheckBound(interval.start));
    RETURN_IF_ERROR(CheckBound(interval.end));
  }
  for (const RowInterval& interval : row_intervals) {
    RETURN_IF_ERROR(CheckRowBounds(interval));
    if (interval_mode == IntervalMode::kEachInOrder) RETURN_IF_ERROR(CheckInterval(interval));
  }
  if (interval_mode == IntervalMode::kEachInOrder && row_offset != 0 && cell_offset != 0)
    return Bad("row offset and cell offset together");
  if (start_time > end_time) return Bad("start time is after end time");
  for (const ColumnSelector& column : columns) RETURN_IF_ERROR(CheckMatch(column.qualifier));
  RETURN_IF_ERROR(CheckRegex(row_regex));
  RETURN_IF_ERROR(CheckRegex(value_regex));
  if (predicate_mode == PredicateMode::kPerCell && !predicates.RowLeaves().empty())
    return Bad("conditions on rows among those that are decided for each cell");
  size_t leaf_count = 0;
  return predicates.empty() ? common::Status() : CheckTree(predicates, 1, &leaf_count);
}

}  // namespace cellar::model
