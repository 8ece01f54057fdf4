#include "hql/executor/guid.h"
#include "hql/executor/statement_run.h"
#include "model/counter.h"
#include "model/error_codes.h"

namespace cellar::hql {

namespace {

Result<model::FamilyId> FamilyNamed(const model::Schema& schema, const std::string& name) {
  const model::ColumnFamily* family = schema.FindFamily(name);
  if (family != nullptr) return family->id;
  return common::InvalidArgument("the table has no column family '" + name + "'").WithDetail(model::kBadKey);
}

Status CheckCell(const model::Cell& cell) {
  RETURN_IF_ERROR(model::CheckRow(cell.row));
  RETURN_IF_ERROR(model::CheckQualifier(cell.qualifier));
  if (cell.timestamp != model::kAutomaticTimestamp) RETURN_IF_ERROR(model::CheckTimestamp(cell.timestamp));
  return model::CheckValue(cell.value);
}

Result<model::Cell> ToCell(const InsertTuple& tuple, const model::Schema& schema, Random& random) {
  model::Cell cell;
  cell.row = TextOf(tuple.row, random);
  ASSIGN_OR_RETURN(cell.family, FamilyNamed(schema, tuple.family));
  cell.qualifier = tuple.qualifier;
  cell.timestamp = tuple.timestamp.value_or(model::kAutomaticTimestamp);
  cell.value = TextOf(tuple.value, random);
  RETURN_IF_ERROR(CheckCell(cell));
  model::CellView view = cell.view();
  std::string encoded;
  RETURN_IF_ERROR(EncodeCounter(schema, &view, &encoded));
  cell.value = std::string(view.value);
  return cell;
}

Result<std::vector<model::Cell>> ToMarkers(const Delete& statement, const model::Schema& schema) {
  model::Cell marker;
  marker.row = statement.row;
  marker.timestamp = statement.time.value_or(model::kAutomaticTimestamp);
  marker.flag = model::KeyFlag::kDeleteRow;
  if (statement.columns.empty()) return std::vector<model::Cell>{marker};
  std::vector<model::Cell> markers;
  for (const DeleteColumn& column : statement.columns) {
    ASSIGN_OR_RETURN(marker.family, FamilyNamed(schema, column.family.text));
    marker.qualifier = column.qualifier.value_or("");
    marker.flag = statement.exact_version ? model::KeyFlag::kDeleteVersion
                  : column.qualifier      ? model::KeyFlag::kDeleteCell
                                          : model::KeyFlag::kDeleteFamily;
    markers.push_back(marker);
  }
  return markers;
}

/// All or, when one of them is wrong, none is written.
Status Write(CellWriter& writer, const std::vector<model::Cell>& cells) {
  for (const model::Cell& cell : cells) RETURN_IF_ERROR(writer.Set(cell.view()));
  return writer.Flush();
}

}  // namespace

std::string TextOf(const InsertText& text, Random& random) {
  return text.guid ? NewGuid(random) : text.text;
}

Status EncodeCounter(const model::Schema& schema, model::CellView* cell, std::string* storage) {
  if (cell->key.flag != model::KeyFlag::kInsert || !schema.rules(cell->key.family).counter) return Status();
  ASSIGN_OR_RETURN(const model::CounterUpdate update, model::CounterUpdate::ParseText(cell->value));
  *storage = update.Encode();
  cell->value = *storage;
  return Status();
}

Status StatementRun::Run(const Insert& insert) {
  if (insert.if_not_exists) return InsertIfAbsent(insert);
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(insert.table));
  std::vector<model::Cell> cells;
  for (const InsertTuple& tuple : insert.tuples) {
    Result<model::Cell> cell = ToCell(tuple, table->schema(), session.random_);
    if (!cell.ok()) return std::move(cell).status().WithContext(tuple.position.ToString());
    cells.push_back(*std::move(cell));
  }
  RETURN_IF_ERROR(Write(*table->NewWriter(SessionDurability()), cells));
  outcome.cell_count = cells.size();
  return Status();
}

Status StatementRun::Run(const Delete& statement) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(statement.table));
  ASSIGN_OR_RETURN(const std::vector<model::Cell> markers, ToMarkers(statement, table->schema()));
  for (const model::Cell& marker : markers) RETURN_IF_ERROR(CheckCell(marker));
  return Write(*table->NewWriter(SessionDurability()), markers);
}

}  // namespace cellar::hql
