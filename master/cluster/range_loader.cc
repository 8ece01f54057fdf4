#include "master/cluster/range_loader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/system_schemas.h"
#include "protocol/values.h"

namespace cellar::master {
namespace {

using model::RangeRecord;

/// The columns that a grant writes.
std::vector<model::Cell> GrantCells(RangeRecord record) {
  record.manifest.clear();
  std::vector<model::Cell> cells = model::EncodeRangeRecord(record);
  std::erase_if(cells, [](const model::Cell& cell) { return cell.family == model::metadata_family::kStartRow; });
  return cells;
}

/// No further call will change it.
bool IsFinal(const Status& status) {
  return status.Is(StatusCode::kCorruption) || status.Is(StatusCode::kUnsupported) ||
         status.Is(StatusCode::kInvalidArgument);
}

/// The row is not as was thought.
bool MeansReadAgain(const Status& status) {
  return status.Is(StatusCode::kConflict) || status.Is(StatusCode::kNotOwner) || status.Is(StatusCode::kNotFound);
}

}  // namespace

Task<Status> RangeLoader::Load(RangeRecord record, std::string schema) {
  while (record.state != model::RangeState::kDropping) {
    CO_RETURN_IF_ERROR(core_.CheckActive());
    if (record.epoch.get().term > core_.log().term()) {
      Status later = common::Fenced("range " + record.range.ToString() + " was granted by a later master");
      core_.Depose(later);
      co_return later;
    }
    if (core_.servers().IsReady(record.location, record.incarnation)) {
      RootOwner owner;
      owner.location = record.location;
      owner.incarnation = record.incarnation;
      protocol::LoadRangeRequest request;
      request.range = protocol::ToRangeId(record.range);
      request.epoch = protocol::ToMessage(record.epoch.get());
      if (!schema.empty()) request.__set_schema(std::move(schema));
      co_return co_await TellToLoad(std::move(owner), std::move(request));
    }
    const Status granted = co_await Grant(&record);
    if (granted.ok()) continue;
    if (!granted.Is(StatusCode::kConflict)) co_return granted;
    CO_TRY(std::optional<RangeRecord> found,
           co_await core_.tables().ReadRange(record.range.table, record.range.end_row, core_.CallDeadline()));
    if (!found) co_return common::OkStatus();
    record = std::move(*found);
  }
  co_return common::OkStatus();
}

Task<Status> RangeLoader::Grant(RangeRecord* record) {
  if (!record->location.get().empty()) {
    model::LogRef owner{record->location, record->incarnation};
    CO_RETURN_IF_ERROR(co_await core_.Seal(owner));
    auto& refs = record->log_refs;
    if (std::find(refs.begin(), refs.end(), owner) == refs.end()) refs.push_back(owner);
    CO_RETURN_IF_ERROR(co_await core_.AwaitLeaseEnd(std::move(owner)));
  }
  const std::optional<Server> server = core_.servers().Choose();
  if (!server) co_return common::Unavailable("no range server is ready");
  const Epoch old_epoch = record->epoch;
  record->location = server->location;
  record->incarnation = server->incarnation;
  record->epoch = core_.NextEpoch();
  record->state = model::RangeState::kGranted;
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.grant.before_row");
  co_return co_await core_.tables().UpdateRange(record->range, old_epoch, std::nullopt, GrantCells(*record),
                                                core_.CallDeadline());
}

Task<Status> RangeLoader::TellToLoad(RootOwner owner, protocol::LoadRangeRequest request) {
  const std::string subject = "range " + protocol::FromMessage(request.range).ToString();
  Status last = common::Unavailable(subject + " does not serve yet");
  request.__set_master_term(core_.log().term());
  request.__set_variables(core_.variables());
  for (int attempt = 0; attempt < kMaxTries; ++attempt) {
    CO_RETURN_IF_ERROR(core_.CheckActive());
    const Server* server = core_.servers().Find(owner.location);
    if (!core_.servers().IsReady(owner.location, owner.incarnation)) {
      co_return common::Unavailable("the owner of " + subject + " went away");
    }
    const Deadline deadline = Deadline::After(core_.executor().clock(), kLoadTime);
    auto reply = co_await core_.range_servers().LoadRange(server->address, request, deadline);
    if (reply.ok() && reply->serving) {
      core_.problems().Clear(subject);
      co_return common::OkStatus();
    }
    if (!reply.ok()) {
      core_.problems().Set(subject, reply.status());
      last = std::move(reply).status().WithContext(subject);
      core_.logger().Warning("range does not load", {{"range", subject}, {"error", last.ToString()}});
      if (IsFinal(last)) co_return last;
      if (MeansReadAgain(last)) co_return common::Unavailable(std::string(last.message()));
    }
    co_await core_.Pause(MasterCore::kRetryPause);
  }
  co_return last;
}

}  // namespace cellar::master
