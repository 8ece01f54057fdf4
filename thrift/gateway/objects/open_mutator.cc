#include "thrift/gateway/objects/open_mutator.h"

#include <utility>

#include "model/error_codes.h"

namespace cellar::thrift {

Result<std::shared_ptr<OpenMutator>> OpenMutator::Open(client::TableCache& tables, std::string path,
                                                       client::MutatorOptions options, Logger logger) {
  std::shared_ptr<OpenMutator> mutator(new OpenMutator(tables, std::move(path), options, std::move(logger)));
  ASSIGN_OR_RETURN(std::shared_ptr<client::Table> table, tables.Open(mutator->path_));
  RETURN_IF_ERROR(mutator->Adopt(std::move(table)));
  return mutator;
}

/// Goes on with `table`, which may be the one it has.
Status OpenMutator::Adopt(std::shared_ptr<client::Table> table) {
  if (table == table_) return Status();
  const Status flushed = buffered_ ? FlushHeld() : Status();
  mutator_.reset();
  table_ = std::move(table);
  mutator_ = table_->NewMutator(options_);
  return flushed;
}

Status OpenMutator::Begin() {
  RETURN_IF_ERROR(std::exchange(failure_, Status()));
  if (buffered_) return Status();
  ASSIGN_OR_RETURN(std::shared_ptr<client::Table> table, tables_.Open(path_));
  return Adopt(std::move(table));
}

/// Looks at the table again when it has no such family.
Status OpenMutator::Translate(const PackedCell& packed, model::CellView* cell) {
  Status status = translator_.ToCellView(table_->schema(), packed, cell);
  if (!status.ok() && !packed.family.empty() && table_->schema()->FindFamily(packed.family) == nullptr) {
    ASSIGN_OR_RETURN(std::shared_ptr<client::Table> now, tables_.Reopen(path_));
    RETURN_IF_ERROR(Adopt(std::move(now)));
    return translator_.ToCellView(table_->schema(), packed, cell);
  }
  return status;
}

Status OpenMutator::Add(const PackedCell& packed) {
  model::CellView cell;
  RETURN_IF_ERROR(Translate(packed, &cell));
  buffered_ = true;
  Status status = mutator_->Set(cell);
  // Told by this. What became of frames under way is told later.
  if (!status.ok() && !mutator_->error().ok()) mutator_->TakeError();
  return status;
}

Status OpenMutator::Check(const PackedCell& packed) {
  const Turn::Hold turn(turn_);
  model::CellView cell;
  RETURN_IF_ERROR(Translate(packed, &cell));
  return model::CheckValue(cell.value);
}

Status OpenMutator::SetPacked(std::string_view buffer, bool flush, std::set<std::string>* refused) {
  const Turn::Hold turn(turn_);
  RETURN_IF_ERROR(Begin());
  PackedCellsReader reader(buffer);
  PackedCell cell;
  while (reader.Next(&cell)) RETURN_IF_ERROR(Add(cell));
  RETURN_IF_ERROR(reader.status());
  return flush || reader.flush() ? FlushHeld(refused) : Status();
}

Status OpenMutator::SetEncoded(const model::CellView& cell) {
  const Turn::Hold turn(turn_);
  buffered_ = true;
  return mutator_->Set(cell);
}

Status OpenMutator::FlushHeld(std::set<std::string>* refused_rows) {
  buffered_ = false;
  Status status = mutator_->Flush();
  if (status.ok()) return status;
  const std::vector<client::RefusedRow> refused = mutator_->TakeError();
  if (refused_rows != nullptr) {
    for (const client::RefusedRow& row : refused) refused_rows->insert(row.row);
  }
  if (!refused.empty()) {
    status = std::move(status).WithContext("row " + model::QuoteBytes(refused.front().row) +
                                           (refused.size() > 1 ? " and others" : ""));
  }
  if (client::TableCache::MayBeStale(status)) tables_.Forget(path_);
  return status;
}

Status OpenMutator::Flush() {
  const Turn::Hold turn(turn_);
  RETURN_IF_ERROR(std::exchange(failure_, Status()));
  return FlushHeld();
}

void OpenMutator::FlushInBackground() {
  const Turn::Hold turn(turn_);
  if (!buffered_) return;
  Status status = FlushHeld();
  if (status.ok()) return;
  logger_.Warning("a flush failed", {{"table", path_}, {"why", status.ToString()}});
  if (failure_.ok()) failure_ = std::move(status);
}

void OpenMutator::Abandon() {
  FlushInBackground();
}

}  // namespace cellar::thrift
