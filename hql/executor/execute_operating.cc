#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "hql/error_codes.h"
#include "hql/executor/statement_run.h"
#include "hql/help.h"

namespace cellar::hql {

namespace {

client::CompactionType ToClientType(CompactionType type) {
  switch (type) {
    case CompactionType::kMinor:
      return client::CompactionType::kMinor;
    case CompactionType::kMajor:
      return client::CompactionType::kMajor;
    case CompactionType::kMerging:
      return client::CompactionType::kMerging;
    case CompactionType::kGarbage:
      return client::CompactionType::kGc;
  }
  return client::CompactionType::kMajor;
}

constexpr std::string_view kNotShown = "what it does is not shown";

std::string Seconds(Nanos time) {
  return fmt::format("{:.3f}", static_cast<double>(time) / static_cast<double>(kSecond));
}

std::string_view LevelName(client::ClusterHealth::Level level) {
  switch (level) {
    case client::ClusterHealth::Level::kOk:
      return "OK";
    case client::ClusterHealth::Level::kWarning:
      return "WARNING";
    case client::ClusterHealth::Level::kCritical:
      return "CRITICAL";
    case client::ClusterHealth::Level::kUnknown:
      return "UNKNOWN";
  }
  return "UNKNOWN";
}

/// Nothing is known of a table whose cells are all in memory.
RebuildProgress ToRebuildProgress(const client::IndexRebuildProgress& from) {
  RebuildProgress progress;
  progress.cell_count = from.cell_count;
  if (from.block_count > 0) {
    progress.share = std::min(1.0, static_cast<double>(from.blocks_read) / static_cast<double>(from.block_count));
  }
  return progress;
}

}  // namespace

Status StatementRun::Run(const Compact& compact) {
  const client::CompactionType type = ToClientType(compact.type);
  int count = 0;
  if (compact.table) {
    const std::string* row = compact.row ? &*compact.row : nullptr;
    ASSIGN_OR_RETURN(count, session.database_.CompactTable(session.PathOf(*compact.table), type, row));
  } else {
    ASSIGN_OR_RETURN(count, session.database_.CompactRanges(static_cast<int>(compact.range_classes), type));
  }
  sink.Notice(fmt::format("compaction of {} range{} scheduled", count, count == 1 ? "" : "s"));
  return Status();
}

/// The ready servers; kNotFound when one of `named` is not among them.
Result<std::vector<std::string>> StatementRun::ReadyServers(const std::vector<std::string>& named) {
  ASSIGN_OR_RETURN(const std::vector<client::ServerInfo> servers, session.database_.Servers());
  std::vector<std::string> ready;
  for (const client::ServerInfo& server : servers) {
    if (server.is_ready) ready.push_back(server.location);
  }
  if (ready.empty()) return common::Unavailable("no range server serves").WithDetail(kNoServers);
  for (const std::string& name : named) {
    if (std::find(ready.begin(), ready.end(), name) != ready.end()) continue;
    return common::NotFound("there is no range server '" + name + "' that serves").WithDetail(kNoSuchServer);
  }
  return ready;
}

Status StatementRun::Run(const RebuildIndices& rebuild) {
  std::vector<model::IndexKind> kinds;
  if (rebuild.value) kinds.push_back(model::IndexKind::kValue);
  if (rebuild.qualifier) kinds.push_back(model::IndexKind::kQualifier);
  uint64_t cell_count = 0;
  bool has_begun = false;
  const auto watch = [this, &cell_count, &has_begun](const client::IndexRebuildProgress& progress) {
    has_begun = true;
    cell_count = progress.cell_count;
    sink.Progress(ToRebuildProgress(progress));
    return CheckNotCancelled();
  };
  Status rebuilt = session.database_.RebuildIndexes(session.PathOf(rebuild.table), std::move(kinds), watch);
  if (!rebuilt.ok() && (has_begun || rebuilt.Is(StatusCode::kCancelled))) {
    return std::move(rebuilt).WithContext("queries do without the indexes until a REBUILD INDICES has run to its end");
  }
  RETURN_IF_ERROR(rebuilt);
  sink.Notice(fmt::format("entries of {} cell{} written", cell_count, cell_count == 1 ? "" : "s"));
  return Status();
}

Status StatementRun::Run(const Balance& balance) {
  std::vector<std::string> named = balance.offload;
  for (const RangeMove& move : balance.moves) {
    RETURN_IF_ERROR(Open(move.table).status());
    named.push_back(move.from.text);
    named.push_back(move.to.text);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> ready, ReadyServers(named));
  if (ready.size() > 1) {
    return common::Unsupported("ranges are not moved between servers that live; they move when a server is lost")
        .WithDetail(kNotImplemented);
  }
  if (!balance.offload.empty()) return OnlyServer(ready.front());
  return sink.Lines("there is one range server: nothing to move");
}

Status StatementRun::OnlyServer(const std::string& server) {
  return common::Conflict("'" + server + "' is the only range server: nobody else would serve its ranges")
      .WithDetail(kNotAllowed);
}

Status StatementRun::Run(const StopServer& stop) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ready, ReadyServers({stop.server.text}));
  if (ready.size() == 1) return OnlyServer(stop.server.text);
  return common::Unsupported("a statement does not end servers: end the process of '" + stop.server.text +
                             "', and the others take over its ranges")
      .WithDetail(kNotImplemented);
}

Status StatementRun::Run(const ShutDown&) {
  return common::Unsupported("a statement does not end servers: they end where they were started, by Ctrl-C or SIGTERM")
      .WithDetail(kNotImplemented);
}

Status StatementRun::Run(const SetVariables& set) {
  return set.read_only ? session.database_.SetReadOnly(*set.read_only) : Status();
}

void StatementRun::NameSilent(const std::vector<client::SilentServer>& silent, std::string_view consequence) {
  for (const client::SilentServer& server : silent) {
    sink.Notice(
        fmt::format("warning: {} does not answer, {}: {}", server.location, consequence, server.why.ToString()));
  }
}

Status StatementRun::Run(const ShowQueries&) {
  std::vector<client::SilentServer> silent;
  ASSIGN_OR_RETURN(const std::vector<client::QueryInfo> queries, session.database_.Queries(&silent));
  NameSilent(silent, kNotShown);
  for (const client::QueryInfo& query : queries) {
    RETURN_IF_ERROR(
        sink.Lines(fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}", query.id, query.table, query.range.ToString(),
                               query.peer, Seconds(query.age), Seconds(query.idle), query.cells, query.bytes)));
  }
  return Status();
}

Status StatementRun::Run(const KillQuery& kill) {
  return session.database_.KillQuery(kill.id.text);
}

Status StatementRun::Run(const ShowMaintenance&) {
  std::vector<client::SilentServer> silent;
  ASSIGN_OR_RETURN(const auto tasks, session.database_.MaintenanceTasks(/*wait=*/false, &silent));
  NameSilent(silent, kNotShown);
  for (const client::MaintenanceInfo& task : tasks) {
    RETURN_IF_ERROR(sink.Lines(fmt::format("{}\t{}\t{}\t{}\t{}", task.server, task.range.ToString(), task.kind,
                                           task.running ? "running" : "waiting", Seconds(task.age))));
  }
  return Status();
}

Status StatementRun::Run(const WaitForMaintenance&) {
  std::set<std::string> named;
  while (true) {
    RETURN_IF_ERROR(CheckNotCancelled());
    std::vector<client::SilentServer> silent;
    ASSIGN_OR_RETURN(const auto tasks, session.database_.MaintenanceTasks(/*wait=*/true, &silent));
    std::erase_if(silent,
                  [&named](const client::SilentServer& server) { return !named.insert(server.location).second; });
    NameSilent(silent, "what it does is not waited for");
    if (tasks.empty()) return Status();
  }
}

Status StatementRun::Run(const ShowStatus&) {
  client::ClusterHealth health;
  Result<client::ClusterHealth> answer = session.database_.Health();
  if (answer.ok()) {
    health = *std::move(answer);
  } else {
    RETURN_IF_ERROR(CheckNotCancelled());
    health.problems.push_back(answer.status().ToString());
  }
  outcome.health = health.level;
  std::string text = fmt::format("Cellar {}", LevelName(health.level));
  for (size_t i = 0; i < health.problems.size(); ++i) text += (i == 0 ? " - " : "; ") + health.problems[i];
  return sink.Lines(text);
}

Status StatementRun::Run(const ShowHelp& help) {
  std::string text = HelpText(help.topic);
  while (text.ends_with('\n')) text.pop_back();
  return sink.Lines(text);
}

}  // namespace cellar::hql
