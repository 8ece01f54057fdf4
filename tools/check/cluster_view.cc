#include "tools/check/cluster_view.h"

#include <utility>

#include "client/cpp/backoff.h"
#include "client/cpp/scan_stream.h"
#include "model/system_schemas.h"
#include "protocol/values.h"

namespace cellar::check {

/// A server may be on its way out, or a connection be one to its earlier life.
Task<Result<ServersSeen>> ClientClusterView::ReadServers(Deadline deadline) {
  client::Backoff backoff(client_.random());
  while (true) {
    auto seen = co_await ReadServersOnce(client::TryDeadline(client_.executor().clock(), deadline));
    if (seen.ok() || !client::IsWorthAnotherTry(seen.status())) co_return std::move(seen);
    const bool waited = co_await backoff.Wait(client_.executor(), deadline);
    if (!waited) co_return std::move(seen);
  }
}

Task<Result<ServersSeen>> ClientClusterView::ReadServersOnce(Deadline deadline) {
  const protocol::MasterStatusRequest nothing;
  CO_TRY(const protocol::MasterStatusResponse master,
         co_await client_.AskMaster(&protocol::MasterStub::MasterStatus, nothing, deadline));
  ServersSeen seen;
  seen.term = static_cast<uint32_t>(master.term);
  seen.recovered = master.recovered;
  seen.collected = master.collected;
  seen.problems = master.problems;
  seen.data_directory = master.data_directory;
  seen.data_url = master.data_url;
  seen.log_url = master.log_url;
  seen.cluster = master.cluster_id;
  for (const protocol::OperationEntry& operation : master.operations) {
    if (!operation.done) seen.operations.insert(operation.subject);
  }
  for (const protocol::ServerEntry& entry : master.servers) {
    if (entry.state != "ready") continue;
    auto status = co_await client_.range_servers().ServerStatus(entry.address, deadline);
    if (!status.ok()) co_return std::move(status).status().WithContext("range server " + entry.location);
    LivingServer& server = seen.living.emplace_back();
    server.location = model::Location(entry.location);
    server.incarnation = Incarnation(protocol::FromMessage(entry.incarnation));
    for (const int64_t id : status->files_under_way) server.under_way.insert(model::FileId(static_cast<uint64_t>(id)));
    for (const std::string& problem : status->problems) seen.problems.push_back(entry.location + ": " + problem);
  }
  co_return std::move(seen);
}

namespace {

constexpr size_t kMaxTableBytes = size_t{4} << 30;

}  // namespace

Task<Result<std::vector<model::Cell>>> ClientClusterView::ReadTable(model::TableId table, Deadline deadline) {
  model::ScanSpec spec;
  spec.max_versions = 1;
  auto schema = table == model::kMetadataTable ? model::MetadataSchema() : model::CatalogSchema();
  co_return co_await client::ScanAll(client_.scans(), table, std::move(schema), std::move(spec), deadline,
                                     kMaxTableBytes);
}

}  // namespace cellar::check
