#include "client/cpp/include/row_mutation.h"

#include <utility>

#include "client/cpp/check_cell.h"
#include "model/counter.h"
#include "model/error_codes.h"

namespace cellar::client {
namespace {

Result<model::FamilyId> FamilyNamed(const model::Schema& schema, const std::string& name) {
  const model::ColumnFamily* found = schema.FindFamily(name);
  if (found != nullptr) return found->id;
  return common::InvalidArgument("the table has no column family '" + name + "'").WithDetail(model::kBadKey);
}

}  // namespace

RowMutation& RowMutation::IfPresent(std::string_view family, std::string_view qualifier) {
  return If(family, qualifier, Expectation::kPresent);
}

RowMutation& RowMutation::IfAbsent(std::string_view family, std::string_view qualifier) {
  return If(family, qualifier, Expectation::kAbsent);
}

RowMutation& RowMutation::IfEquals(std::string_view family, std::string_view qualifier, std::string_view value) {
  return If(family, qualifier, Expectation::kEquals, value);
}

RowMutation& RowMutation::IfNotEquals(std::string_view family, std::string_view qualifier, std::string_view value) {
  return If(family, qualifier, Expectation::kNotEquals, value);
}

RowMutation& RowMutation::If(std::string_view family, std::string_view qualifier, Expectation expectation,
                             std::string_view value) {
  Condition& condition = conditions_.emplace_back();
  condition.family = family;
  condition.condition.qualifier = qualifier;
  condition.condition.expectation = expectation;
  condition.condition.value = value;
  return *this;
}

RowMutation& RowMutation::Set(std::string_view family, std::string_view qualifier, std::string_view value,
                              std::optional<int64_t> timestamp) {
  Add(model::KeyFlag::kInsert, family, qualifier, timestamp);
  changes_.back().value = value;
  return *this;
}

RowMutation& RowMutation::Increment(std::string_view family, std::string_view qualifier, int64_t delta) {
  Set(family, qualifier, std::to_string(delta));
  changes_.back().counts = true;
  return *this;
}

RowMutation& RowMutation::SetCounter(std::string_view family, std::string_view qualifier, int64_t value) {
  Set(family, qualifier, "=" + std::to_string(value));
  changes_.back().counts = true;
  return *this;
}

RowMutation& RowMutation::Delete(std::string_view family, std::string_view qualifier,
                                 std::optional<int64_t> timestamp) {
  return Add(model::KeyFlag::kDeleteCell, family, qualifier, timestamp);
}

RowMutation& RowMutation::DeleteFamily(std::string_view family, std::optional<int64_t> timestamp) {
  return Add(model::KeyFlag::kDeleteFamily, family, "", timestamp);
}

RowMutation& RowMutation::DeleteRow(std::optional<int64_t> timestamp) {
  return Add(model::KeyFlag::kDeleteRow, "", "", timestamp);
}

RowMutation& RowMutation::DeleteVersion(std::string_view family, std::string_view qualifier, int64_t timestamp) {
  return Add(model::KeyFlag::kDeleteVersion, family, qualifier, timestamp);
}

RowMutation& RowMutation::WithDurability(model::Durability durability) {
  durability_ = durability;
  return *this;
}

RowMutation& RowMutation::Add(model::KeyFlag flag, std::string_view family, std::string_view qualifier,
                              std::optional<int64_t> timestamp) {
  Change& change = changes_.emplace_back();
  change.flag = flag;
  change.family = family;
  change.qualifier = qualifier;
  change.timestamp = timestamp;
  return *this;
}

Result<std::vector<RowCondition>> RowMutation::ConditionsFor(const model::Schema& schema) const {
  std::vector<RowCondition> conditions;
  for (const Condition& named : conditions_) {
    RowCondition& condition = conditions.emplace_back(named.condition);
    ASSIGN_OR_RETURN(condition.family, FamilyNamed(schema, named.family));
  }
  RETURN_IF_ERROR(model::CheckConditions(conditions, schema));
  return conditions;
}

Result<std::vector<model::Cell>> RowMutation::CellsFor(const model::Schema& schema) const {
  if (changes_.empty()) return common::InvalidArgument("the mutation changes nothing");
  std::vector<model::Cell> cells;
  for (const Change& change : changes_) {
    model::Cell& cell = cells.emplace_back();
    cell.row = row_;
    cell.flag = change.flag;
    cell.qualifier = change.qualifier;
    cell.value = change.value;
    cell.timestamp = change.timestamp.value_or(model::kAutomaticTimestamp);
    if (change.flag != model::KeyFlag::kDeleteRow) {
      ASSIGN_OR_RETURN(cell.family, FamilyNamed(schema, change.family));
    }
    const bool is_counter = change.flag == model::KeyFlag::kInsert && schema.rules(cell.family).counter;
    if (change.counts && !is_counter) {
      return common::InvalidArgument("the column family '" + change.family + "' is no counter")
          .WithDetail(model::kBadKey);
    }
    if (is_counter) {
      ASSIGN_OR_RETURN(const model::CounterUpdate update, model::CounterUpdate::ParseText(change.value));
      cell.value = update.Encode();
    }
    RETURN_IF_ERROR(CheckCell(cell.view(), schema, model::CellLimits()));
  }
  return cells;
}

}  // namespace cellar::client
