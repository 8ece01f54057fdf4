#include <algorithm>

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

std::string Cells(uint64_t count) {
  return std::to_string(count) + (count == 1 ? " cell" : " cells");
}

}  // namespace

Status EndedWhileWriting(const client::MutatorCounts& counts) {
  const uint64_t others = counts.set - std::min(counts.set, counts.acknowledged);
  const uint64_t unknown = std::min(counts.unknown, others);
  std::string text = "the statement was interrupted: ";
  if (others == 0) return common::Cancelled(text + Cells(counts.set) + " written, all acknowledged");
  text += Cells(counts.acknowledged) + " of " + std::to_string(counts.set) + " acknowledged";
  if (unknown > 0) {
    text += "; of " + Cells(unknown) +
            " more the outcome is unknown: on their way to servers that did not answer, they " +
            "may have been written, or may still be";
  }
  if (others > unknown) text += "; " + Cells(others - unknown) + " not sent";
  return common::Cancelled(text);
}

std::shared_ptr<CellWriter> StatementRun::NewWriter(DatabaseTable& table, std::optional<model::Durability> durability) {
  std::shared_ptr<CellWriter> writer = table.NewWriter(durability);
  common::MutexLock lock(session.mutex_);
  session.writer_ = writer;
  return writer;
}

/// All or, when one of them is wrong, none is written.
Status StatementRun::Write(DatabaseTable& table, const std::vector<model::Cell>& cells) {
  const std::shared_ptr<CellWriter> writer = NewWriter(table, SessionDurability());
  RETURN_IF_ERROR(CheckNotCancelled());
  Status status;
  for (const model::Cell& cell : cells) {
    status = writer->Set(cell.view());
    if (status.Is(StatusCode::kCancelled)) break;
    RETURN_IF_ERROR(status);
  }
  if (const Status flushed = writer->Flush(); status.ok()) status = flushed;
  return status.Is(StatusCode::kCancelled) ? EndedWhileWriting(writer->counts()) : status;
}

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
  RETURN_IF_ERROR(Write(*table, cells));
  outcome.cell_count = cells.size();
  return Status();
}

Status StatementRun::Run(const Delete& statement) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(statement.table));
  ASSIGN_OR_RETURN(const std::vector<model::Cell> markers, ToMarkers(statement, table->schema()));
  for (const model::Cell& marker : markers) RETURN_IF_ERROR(CheckCell(marker));
  return Write(*table, markers);
}

}  // namespace cellar::hql
