#include "model/mutation_evaluator.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "model/evaluator.h"
#include "model/scan_spec.h"

namespace cellar::model {
namespace {

constexpr Revision kEverything{std::numeric_limits<int64_t>::max()};

/// The first visible cell's value of one column; nullopt: there is none.
Result<std::optional<std::string>> FirstValue(const Schema& schema, const std::vector<Cell>& history,
                                              const std::string& row, FamilyId family, const std::string& qualifier,
                                              Nanos now) {
  ScanSpec spec;
  spec.row_intervals.push_back(RowInterval::Row(row));
  ColumnSelector column;
  column.family = schema.FindFamily(family)->name;
  column.qualifier.kind = QualifierMatch::Kind::kExact;
  column.qualifier.text = qualifier;
  spec.columns.push_back(std::move(column));
  ASSIGN_OR_RETURN(const std::vector<Cell> cells, Evaluate(schema, history, spec, kEverything, now));
  if (cells.empty()) return std::optional<std::string>();
  return std::optional<std::string>(cells.front().value);
}

}  // namespace

Result<EvaluatedMutation> EvaluateMutation(const Schema& schema, const std::vector<Cell>& history,
                                           const std::vector<CellCondition>& conditions, std::vector<Cell> cells,
                                           Revision base, Nanos now) {
  RETURN_IF_ERROR(CheckConditions(conditions, schema));
  const std::string row = cells.at(0).row;
  EvaluatedMutation outcome;
  for (size_t i = 0; i < conditions.size(); ++i) {
    const CellCondition& condition = conditions[i];
    ASSIGN_OR_RETURN(std::optional<std::string> found,
                     FirstValue(schema, history, row, condition.family, condition.qualifier, now));
    if (condition.Holds(found, schema.rules(condition.family).counter)) continue;
    FailedCondition& failure = outcome.failed.emplace_back();
    failure.index = i;
    failure.value = std::move(found);
  }
  if (!outcome.failed.empty()) return outcome;
  std::set<std::pair<FamilyId, std::string>> counters;
  int64_t revision = base.get();
  for (Cell& cell : cells) {
    cell.revision = Revision{revision++};
    if (cell.timestamp == kAutomaticTimestamp) cell.timestamp = cell.revision.get();
    if (cell.flag == KeyFlag::kInsert && schema.rules(cell.family).counter)
      counters.emplace(cell.family, cell.qualifier);
  }
  std::vector<Cell> after = history;
  after.insert(after.end(), cells.begin(), cells.end());
  for (const auto& [family, qualifier] : counters) {
    ASSIGN_OR_RETURN(const std::optional<std::string> text, FirstValue(schema, after, row, family, qualifier, now));
    CounterValue& counter = outcome.counters.emplace_back();
    counter.family = family;
    counter.qualifier = qualifier;
    if (text) std::from_chars(text->data(), text->data() + text->size(), counter.value);
  }
  outcome.written = std::move(cells);
  return outcome;
}

}  // namespace cellar::model
