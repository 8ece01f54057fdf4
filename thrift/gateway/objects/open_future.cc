#include "thrift/gateway/objects/open_future.h"

#include <set>

#include "model/error_codes.h"
#include "model/spec_families.h"
#include "thrift/gateway/objects/open_scanner.h"

namespace cellar::thrift {
namespace {

constexpr size_t kFullBytes = 8 << 20;

}  // namespace

Result<std::shared_ptr<OpenAsyncScanner>> OpenAsyncScanner::Open(client::Future& future,
                                                                 std::shared_ptr<client::Table> table,
                                                                 model::ScanSpec spec, int32_t cells_version) {
  RETURN_IF_ERROR(model::CheckFamilies(spec, *table->schema()));
  auto scanner = std::make_shared<OpenAsyncScanner>();
  scanner->source_ = std::make_shared<ResultSource>();
  scanner->source_->table = table;
  scanner->source_->cells_version = cells_version;
  scanner->source_->shows_updates = spec.return_deletes;
  ASSIGN_OR_RETURN(scanner->scan_, future.StartScan(table, std::move(spec), scanner->source_));
  return scanner;
}

Status OpenAsyncMutator::Keep(const PackedCell& cell) {
  RETURN_IF_ERROR(mutator_->Check(cell));
  const MutexLock lock(mutex_);
  return cells_.Add(cell);
}

Status OpenAsyncMutator::FlushWhenFull() {
  {
    const MutexLock lock(mutex_);
    if (cells_.size_bytes() < kFullBytes) return Status();
  }
  return Flush();
}

Status OpenAsyncMutator::SetPacked(std::string_view buffer, bool flush) {
  PackedCellsReader reader(buffer);
  PackedCell cell;
  while (reader.Next(&cell)) RETURN_IF_ERROR(Keep(cell));
  RETURN_IF_ERROR(reader.status());
  return flush || reader.flush() ? Flush() : FlushWhenFull();
}

Status OpenAsyncMutator::Flush() {
  std::string cells;
  {
    const MutexLock lock(mutex_);
    if (cells_.empty()) return Status();
    cells = cells_.Finish();
  }
  RETURN_IF_ERROR(future_->Expect());
  pool_.Submit([self = shared_from_this(), cells = std::move(cells)] { self->SendOne(cells); });
  return Status();
}

void OpenAsyncMutator::SendOne(const std::string& cells) {
  auto outcome = std::make_shared<FlushOutcome>();
  std::set<std::string> refused;
  {
    const Turn::Hold turn(order_);
    outcome->status = mutator_->SetPacked(cells, /*flush=*/true, &refused);
  }
  if (!outcome->status.ok()) {
    PackedCellsWriter failed(kPackedVersion2);
    PackedCellsReader reader(cells);
    PackedCell cell;
    while (reader.Next(&cell)) {
      // Without names all may have failed.
      if (refused.empty() || refused.contains(std::string(cell.row))) (void)failed.Add(cell);
    }
    outcome->failed_cells = failed.Finish();
  }
  future_->Deliver(source_, std::move(outcome));
}

void OpenAsyncMutator::Cancel() {
  const MutexLock lock(mutex_);
  (void)cells_.Finish();
}

}  // namespace cellar::thrift
