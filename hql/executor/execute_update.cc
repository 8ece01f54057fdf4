#include <fmt/format.h>

#include "client/cpp/include/row_mutation.h"
#include "hql/error_codes.h"
#include "hql/executor/statement_run.h"
#include "hql/lexer.h"
#include "hql/statement_text.h"
#include "model/counter.h"

namespace cellar::hql {

namespace {

/// A counter takes what it is set to as "=n"; a number that it cannot be is its own text, which is refused by name.
std::string ValueFor(const UpdateChange& change, bool is_counter, Random& random) {
  std::string value = TextOf(change.value, random);
  return is_counter && !value.starts_with("=") ? "=" + value : value;
}

void AddChange(const UpdateChange& change, const model::Schema& schema, Random& random, client::RowMutation* mutation) {
  if (!change.column) {
    mutation->DeleteRow(change.time);
    return;
  }
  const std::string& family = change.column->family.text;
  const std::string qualifier = change.column->qualifier.value_or("");
  const model::ColumnFamily* const found = schema.FindFamily(family);
  switch (change.kind) {
    case UpdateChange::Kind::kSet: {
      const bool is_counter = found != nullptr && schema.rules(found->id).counter;
      mutation->Set(family, qualifier, ValueFor(change, is_counter, random), change.time);
      return;
    }
    case UpdateChange::Kind::kAdd:
      mutation->Increment(family, qualifier, change.amount);
      return;
    case UpdateChange::Kind::kDelete:
      break;
  }
  if (change.exact_version) {
    mutation->DeleteVersion(family, qualifier, *change.time);
  } else if (change.column->qualifier) {
    mutation->Delete(family, qualifier, change.time);
  } else {
    mutation->DeleteFamily(family, change.time);
  }
}

/// Says at which change or condition it went wrong: nothing was sent then.
Status CheckOne(const client::RowMutation& mutation, const model::Schema& schema, Position position, bool is_change) {
  const Status status = is_change ? mutation.CellsFor(schema).status() : mutation.ConditionsFor(schema).status();
  return status.WithContext(position.ToString());
}

}  // namespace

Status StatementRun::Run(const Update& update) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(update.table));
  client::RowMutation mutation(update.row);
  for (const UpdateChange& change : update.changes) {
    AddChange(change, table->schema(), session.random_, &mutation);
    RETURN_IF_ERROR(CheckOne(mutation, table->schema(), change.position, /*is_change=*/true));
  }
  std::vector<std::string> conditions;
  for (const UpdateCondition& condition : update.conditions) {
    mutation.If(condition.column.family.text, condition.column.qualifier.value_or(""), condition.expectation,
                condition.value);
    RETURN_IF_ERROR(CheckOne(mutation, table->schema(), condition.position, /*is_change=*/false));
    conditions.push_back(UpdateConditionText(condition));
  }
  RETURN_IF_ERROR(Mutate(*table, std::move(mutation), conditions));
  if (!outcome.not_applied) outcome.cell_count = update.changes.size();
  return Status();
}

Status StatementRun::InsertIfAbsent(const Insert& insert) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(insert.table));
  const InsertTuple& first = insert.tuples.front();
  client::RowMutation mutation(TextOf(first.row, session.random_));
  std::vector<std::string> conditions;
  for (const InsertTuple& tuple : insert.tuples) {
    const bool same_row = &tuple == &first || (!tuple.row.guid && tuple.row.text == mutation.row());
    if (!same_row) {
      return common::InvalidArgument(tuple.position.ToString() + ": IF NOT EXISTS takes the cells of one row")
          .WithDetail(kParseError);
    }
    mutation.Set(tuple.family, tuple.qualifier, TextOf(tuple.value, session.random_), tuple.timestamp);
    mutation.IfAbsent(tuple.family, tuple.qualifier);
    RETURN_IF_ERROR(CheckOne(mutation, table->schema(), tuple.position, /*is_change=*/true));
    conditions.push_back("NOT EXISTS(" + QuoteString(tuple.family + ":" + tuple.qualifier) + ")");
  }
  RETURN_IF_ERROR(Mutate(*table, std::move(mutation), conditions));
  if (!outcome.not_applied) outcome.cell_count = insert.tuples.size();
  return Status();
}

Status StatementRun::Mutate(DatabaseTable& table, client::RowMutation mutation,
                            const std::vector<std::string>& conditions) {
  if (const auto durability = SessionDurability()) mutation.WithDurability(*durability);
  ASSIGN_OR_RETURN(const std::vector<client::RowCondition> asked, mutation.ConditionsFor(table.schema()));
  Result<client::RowMutationOutcome> answer = table.Mutate(mutation);
  if (answer.status().Is(StatusCode::kCancelled)) {
    return common::Cancelled(
        "the statement was interrupted before its server answered: whether the row was changed is unknown, and it may "
        "still be");
  }
  ASSIGN_OR_RETURN(const client::RowMutationOutcome result, std::move(answer));
  outcome.not_applied = !result.applied;
  CellFormat format;
  format.timestamp_text = session.options_.timestamp_text;
  const auto show = [&](model::FamilyId family, const std::string& qualifier, const std::string& value) {
    model::CellView cell;
    cell.key.row = mutation.row();
    cell.key.family = family;
    cell.key.qualifier = qualifier;
    cell.value = value;
    return sink.Cell(format, cell, table.schema().FindFamily(family)->name);
  };
  if (!conditions.empty()) RETURN_IF_ERROR(sink.Lines(result.applied ? "applied" : "not applied"));
  for (const model::CounterValue& counter : result.counters) {
    RETURN_IF_ERROR(show(counter.family, counter.qualifier, std::to_string(counter.value)));
  }
  for (const model::FailedCondition& failed : result.failed) {
    const bool is_known = failed.index < conditions.size();
    const std::string text = is_known ? conditions[failed.index] : "a condition";
    sink.Notice(text + (failed.value ? " does not hold; there is:" : " does not hold: there is no such cell"));
    if (!failed.value || !is_known) continue;
    RETURN_IF_ERROR(show(asked[failed.index].family, asked[failed.index].qualifier, *failed.value));
  }
  return Status();
}

}  // namespace cellar::hql
