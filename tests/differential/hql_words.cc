#include "tests/differential/hql_words.h"

#include <optional>
#include <utility>
#include <vector>

#include "hql/statement_text.h"

namespace cellar::tests {
namespace {

using hql::WhereExpression;
using model::RowInterval;
using model::ScanSpec;

template <typename Condition>
WhereExpression Where(Condition condition) {
  WhereExpression where;
  where.condition = std::move(condition);
  return where;
}

WhereExpression Join(std::vector<WhereExpression> operands, bool is_or) {
  if (operands.size() == 1) return std::move(operands.front());
  hql::Junction junction;
  junction.is_or = is_or;
  junction.operands = std::move(operands);
  return Where(std::move(junction));
}

WhereExpression OfTree(const model::PredicateTree& tree) {
  if (tree.kind == model::PredicateTree::Kind::kLeaf) return Where(tree.leaf);
  std::vector<WhereExpression> operands;
  for (const model::PredicateTree& child : tree.children) operands.push_back(OfTree(child));
  return Join(std::move(operands), tree.kind == model::PredicateTree::Kind::kOr);
}

bool CanBeSaid(const RowInterval& rows) {
  const bool is_bounded = !rows.start_unbounded && !rows.end_unbounded;
  return is_bounded ? rows.start <= rows.end : !(rows.start_unbounded && rows.end_unbounded);
}

template <typename Number>
std::optional<Number> Unless0(Number number) {
  return number == 0 ? std::nullopt : std::optional<Number>(number);
}

}  // namespace

ScanSpec AsSaidInHql(ScanSpec spec) {
  spec.interval_mode = model::IntervalMode::kUnion;
  spec.predicate_mode = ScanSpec().predicate_mode;
  std::erase_if(spec.row_intervals, [](const RowInterval& rows) { return !CanBeSaid(rows); });
  spec.cell_intervals.clear();
  spec.start_time = model::kMinTimestamp;
  spec.end_time = model::kMaxTimestamp;
  if (spec.row_offset != 0) spec.cell_offset = 0;
  return spec;
}

std::string ToHql(const std::string& table, const ScanSpec& spec) {
  hql::Select select;
  select.table.text = table;
  select.columns = spec.columns;
  select.max_versions = Unless0(spec.max_versions);
  select.row_limit = Unless0(spec.row_limit);
  select.row_offset = Unless0(spec.row_offset);
  select.cell_limit = Unless0(spec.cell_limit);
  select.cell_offset = Unless0(spec.cell_offset);
  select.cell_limit_per_family = Unless0(spec.cell_limit_per_family);
  select.keys_only = spec.keys_only;
  select.return_deletes = spec.return_deletes;
  select.scan_and_filter_rows = spec.scan_and_filter_rows;
  std::vector<WhereExpression> conditions;
  std::vector<WhereExpression> rows;
  for (const RowInterval& interval : spec.row_intervals) rows.push_back(Where(interval));
  if (!rows.empty()) conditions.push_back(Join(std::move(rows), /*is_or=*/true));
  if (!spec.row_regex.empty()) conditions.push_back(Where(hql::RowRegex{spec.row_regex}));
  if (!spec.value_regex.empty()) conditions.push_back(Where(hql::ValueRegex{spec.value_regex}));
  if (!spec.predicates.empty()) conditions.push_back(OfTree(spec.predicates));
  if (!conditions.empty()) select.where = Join(std::move(conditions), /*is_or=*/false);
  return hql::StatementText(hql::Statement(std::move(select)));
}

}  // namespace cellar::tests
