#include "master/operations/table_ranges.h"

#include <set>
#include <utility>

#include "common/concurrency/run_job.h"
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

Task<Status> TableRanges::Add(model::TableId table) {
  const std::optional<Server> server = core_.servers().Choose();
  if (!server) co_return common::Unavailable("no range server is ready");
  RangeRecord record;
  record.range = model::RangeKey(table, std::nullopt, std::nullopt);
  record.location = server->location;
  record.incarnation = server->incarnation;
  record.epoch = core_.NextEpoch();
  const Status created = co_await core_.tables().CreateRange(std::move(record), core_.CallDeadline());
  co_return created.Is(StatusCode::kAlreadyExists) ? common::OkStatus() : created;
}

Task<Status> TableRanges::Load(model::TableId table, std::string schema) {
  CO_TRY(std::optional<RangeRecord> record,
         co_await core_.tables().ReadRange(table, std::nullopt, core_.CallDeadline()));
  if (!record) co_return common::Unavailable("the range of table " + table.ToString() + " has no row yet");
  co_return co_await loader_.Load(std::move(*record), std::move(schema));
}

Task<Status> TableRanges::Mark(model::TableId table) {
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

Task<Status> TableRanges::Unload(model::TableId table) {
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

Task<Status> TableRanges::Remove(model::TableId table) {
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

Task<Status> TableRanges::RemoveFiles(model::TableId table) {
  auto remove = [&files = core_.data_files(), directory = model::TableDirectory(table)] {
    return files.RemoveDirectory(directory);
  };
  co_return co_await common::RunJob(core_.executor(), JobClass::kMaintenance, std::move(remove));
}

Task<Status> TableRanges::TellSchema(model::TableId table, std::string schema, bool settled) {
  CO_TRY(const std::vector<RangeRecord> records, co_await core_.tables().ReadRanges(table, core_.CallDeadline()));
  std::set<std::string> addresses;
  for (const RangeRecord& record : records) {
    // A server that is not ready reads the schema when it loads the range.
    if (core_.servers().IsReady(record.location, record.incarnation)) {
      addresses.insert(core_.servers().Find(record.location)->address);
    } else if (settled) {
      co_return common::Unavailable("range " + record.range.ToString() + " has no server that is ready");
    }
  }
  protocol::UpdateSchemaRequest request;
  request.table = protocol::ToMessage(table);
  request.schema = std::move(schema);
  if (settled) request.__set_settled(true);
  for (const std::string& address : addresses) {
    CO_RETURN_IF_ERROR(co_await core_.range_servers().UpdateSchema(address, request, core_.CallDeadline()));
  }
  co_return common::OkStatus();
}

}  // namespace cellar::master
