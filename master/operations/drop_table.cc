#include "master/operations/drop_table.h"

#include <utility>
#include <vector>

#include "common/concurrency/run_job.h"
#include "master/operations/names.h"
#include "model/system_schemas.h"
#include "protocol/values.h"

namespace cellar::master {
namespace {

using model::Cell;
using model::RangeRecord;

Cell MetadataCell(model::FamilyId family, std::string value) {
  return Cell("", family, "", model::KeyFlag::kInsert, model::kAutomaticTimestamp, model::Revision(), std::move(value));
}

}  // namespace

Task<Result<bool>> DropTable::Check(OperationEntity* operation) {
  CO_TRY(operation->path, CanonicalPath(operation->path));
  const std::string& path = operation->path;
  CO_TRY(const std::optional<PathEntry> found, co_await catalog_.Find(path));
  if (!found && operation->lenient) co_return false;
  if (!found) co_return common::NotFound("table " + path + " does not exist").WithDetail(kTableNotFound);
  if (IsProtected(path)) co_return common::InvalidArgument(path + " cannot be dropped").WithDetail(kProtected);
  if (found->is_namespace) {
    co_return common::NotFound(path + " is a namespace, not a table").WithDetail(kTableNotFound);
  }
  CO_TRY(operation->table, model::TableId::Parse(found->id));
  co_return true;
}

Task<Status> DropTable::Run(OperationEntity operation) {
  const PathEntry entry(false, operation.table.ToString());
  switch (operation.step) {
    case 0:
      CO_RETURN_IF_ERROR(co_await catalog_.RemovePath(operation.path, entry));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_path");
      break;
    case 1:
      CO_RETURN_IF_ERROR(co_await MarkRanges(operation.table));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_mark");
      break;
    case 2:
      CO_RETURN_IF_ERROR(co_await UnloadRanges(operation.table));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_unload");
      break;
    case 3:
      CO_RETURN_IF_ERROR(co_await RemoveRanges(operation.table));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_rows");
      break;
    case 4:
      CO_RETURN_IF_ERROR(co_await RemoveFiles(operation.table));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_files");
      break;
    default:
      CO_RETURN_IF_ERROR(co_await catalog_.RemoveTable(operation.table));
      CO_FAULT_POINT(core_.executor(), core_.faults(), "master.drop_table.after_table");
  }
  co_return common::OkStatus();
}

Task<Status> DropTable::MarkRanges(model::TableId table) {
  CO_TRY(const std::vector<RangeRecord> records, co_await core_.tables().ReadRanges(table, core_.CallDeadline()));
  for (const RangeRecord& record : records) {
    if (record.state == model::RangeState::kDropping) continue;
    std::vector<Cell> cells;
    const Epoch epoch = core_.NextEpoch();
    cells.push_back(MetadataCell(model::metadata_family::kEpoch, model::EncodeFencingNumber(epoch.get())));
    cells.push_back(
        MetadataCell(model::metadata_family::kState, std::string(model::RangeStateName(model::RangeState::kDropping))));
    CO_RETURN_IF_ERROR(co_await core_.tables().UpdateRange(record.range, record.epoch, std::nullopt, std::move(cells),
                                                           core_.CallDeadline()));
  }
  co_return common::OkStatus();
}

Task<Status> DropTable::UnloadRanges(model::TableId table) {
  CO_TRY(const std::vector<RangeRecord> records, co_await core_.tables().ReadRanges(table, core_.CallDeadline()));
  for (const RangeRecord& record : records) {
    // Not that life any more: its directory is sealed before another one owns anything of it.
    if (!core_.servers().IsReady(record.location, record.incarnation)) continue;
    protocol::UnloadRangeRequest request;
    request.range = protocol::ToRangeId(record.range);
    request.epoch = protocol::ToMessage(record.epoch.get());
    request.dropped = true;
    const std::string address = core_.servers().Find(record.location)->address;
    const Status unloaded =
        co_await core_.range_servers().UnloadRange(address, std::move(request), core_.CallDeadline());
    const bool not_loaded = unloaded.Is(StatusCode::kNotFound) || unloaded.Is(StatusCode::kNotOwner);
    if (!unloaded.ok() && !not_loaded) co_return unloaded;
  }
  co_return common::OkStatus();
}

Task<Status> DropTable::RemoveRanges(model::TableId table) {
  CO_TRY(const std::vector<RangeRecord> records, co_await core_.tables().ReadRanges(table, core_.CallDeadline()));
  for (const RangeRecord& record : records) {
    std::vector<Cell> cells;
    cells.emplace_back("", model::FamilyId(), "", model::KeyFlag::kDeleteRow, model::kAutomaticTimestamp,
                       model::Revision(), "");
    CO_RETURN_IF_ERROR(co_await core_.tables().UpdateRange(record.range, record.epoch, std::nullopt, std::move(cells),
                                                           core_.CallDeadline()));
  }
  co_return common::OkStatus();
}

Task<Status> DropTable::RemoveFiles(model::TableId table) {
  auto remove = [&files = core_.data_files(), directory = model::TableDirectory(table)] {
    return files.RemoveDirectory(directory);
  };
  co_return co_await common::RunJob(core_.executor(), JobClass::kMaintenance, std::move(remove));
}

}  // namespace cellar::master
