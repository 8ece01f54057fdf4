#include "master/state/master_log.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "common/concurrency/run_job.h"

namespace cellar::master {
namespace {

constexpr std::string_view kDirectory = "master";
constexpr std::string_view kTermPrefix = "term-";
constexpr std::string_view kLogPrefix = "log-";
constexpr int kClaimTries = 100;

struct ClaimedLog {
  std::shared_ptr<storage::MetaLog> log;
  uint32_t term = 0;
};

std::string LogDirectory(uint32_t term) {
  return fmt::format("{}/{}{:010}", kDirectory, kLogPrefix, term);
}

/// Of "log-0000000007" and "term-0000000007".
std::optional<uint32_t> TermOf(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string_view digits = name.substr(prefix.size());
  uint32_t term = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), term);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return term;
}

/// Terms that have been claimed, ascending.
Result<std::vector<uint32_t>> ClaimedTerms(FileSystem& files) {
  ASSIGN_OR_RETURN(const auto entries, files.List(kDirectory));
  std::vector<uint32_t> terms;
  for (const auto& entry : entries) {
    if (!entry.name.starts_with(kTermPrefix)) continue;
    const std::optional<uint32_t> term = TermOf(entry.name, kTermPrefix);
    if (!term) return common::Corruption("master/" + entry.name + " is not the name of a term");
    terms.push_back(*term);
  }
  return terms;
}

/// The incarnation under which a term's master writes: above all that earlier masters and their servers had.
Incarnation IncarnationOf(uint32_t term) {
  return Incarnation({term, 0});
}

/// To be asked once a file of the term's log is open. A later master seals the logs that it finds: this one was not
/// among them if it was opened too late, or its directory was removed as garbage and made again. Then a later term is
/// there.
Status CheckNewest(FileSystem& files, uint32_t term) {
  ASSIGN_OR_RETURN(const std::vector<uint32_t> terms, ClaimedTerms(files));
  if (terms.empty() || terms.back() <= term) return common::OkStatus();
  return common::Fenced("a later master has claimed term " + std::to_string(terms.back()));
}

Result<ClaimedLog> ClaimTerm(FileSystem& files, const ClusterId& cluster, std::optional<uint32_t> wrong_term) {
  RETURN_IF_ERROR(files.CreateDirectories(kDirectory));
  for (int attempt = 0; attempt < kClaimTries; ++attempt) {
    ASSIGN_OR_RETURN(const std::vector<uint32_t> terms, ClaimedTerms(files));
    const uint32_t next_term = terms.empty() ? 1 : terms.back() + 1;
    const uint32_t term = wrong_term.value_or(next_term);
    auto claim = files.Create(fmt::format("{}/{}{:010}", kDirectory, kTermPrefix, term), IncarnationOf(term));
    const bool is_claimed = claim.status().Is(StatusCode::kAlreadyExists);
    if (is_claimed && !wrong_term) continue;
    if (!is_claimed && !claim.ok()) return std::move(claim).status();
    if (claim.ok()) RETURN_IF_ERROR((*claim)->Close());
    std::vector<std::string> older;
    for (const uint32_t earlier : terms) {
      if (earlier != term) older.push_back(LogDirectory(earlier));
    }
    ASSIGN_OR_RETURN(std::unique_ptr<storage::MetaLog> log,
                     storage::TakeOverMetaLog(files, older, LogDirectory(term), cluster, IncarnationOf(term)));
    if (!wrong_term) RETURN_IF_ERROR(CheckNewest(files, term));
    return ClaimedLog{std::move(log), term};
  }
  return common::Busy("too many masters claim terms at once");
}

}  // namespace

MasterLog::MasterLog(Executor& executor, FileSystem& files, std::shared_ptr<storage::MetaLog> log, uint32_t term)
    : executor_(executor), files_(files), log_(std::move(log)), term_(term) {}

Task<Result<std::unique_ptr<MasterLog>>> MasterLog::Claim(Executor& executor, FileSystem& files, ClusterId cluster,
                                                          std::optional<uint32_t> wrong_term) {
  auto claim = [&files, cluster, wrong_term] { return ClaimTerm(files, cluster, wrong_term); };
  auto claimed = co_await common::RunJob(executor, JobClass::kLog, std::move(claim));
  if (!claimed.ok()) co_return std::move(claimed).status().WithContext("claiming a term as master");
  std::unique_ptr<MasterLog> log(new MasterLog(executor, files, claimed->log, claimed->term));
  CO_RETURN_IF_ERROR(log->Load());
  co_return std::move(log);
}

Status MasterLog::Load() {
  for (const auto& [key, body] : log_->entities()) {
    if (key.type == CountersEntity::kType) {
      ASSIGN_OR_RETURN(counters_, CountersEntity::Decode(body));
    } else if (key.type == OperationEntity::kType) {
      ASSIGN_OR_RETURN(operations_[key.id], OperationEntity::Decode(body));
    } else if (key.type == ServerEntity::kType) {
      ASSIGN_OR_RETURN(ServerEntity server, ServerEntity::Decode(body));
      servers_[server.number] = std::move(server);
    } else if (key.type == GarbageEntity::kType) {
      ASSIGN_OR_RETURN(garbage_[key.id], GarbageEntity::Decode(body));
    } else if (key.type == LockServiceEntity::kType) {
      ASSIGN_OR_RETURN(lock_service_, LockServiceEntity::Decode(body));
    } else if (key.type == VariablesEntity::kType) {
      ASSIGN_OR_RETURN(variables_, VariablesEntity::Decode(body));
    } else {
      return common::Unsupported("the master's log holds entities of type " + std::to_string(key.type));
    }
  }
  return common::OkStatus();
}

std::vector<uint64_t> MasterLog::OldestFinished() const {
  std::vector<uint64_t> finished;
  for (const auto& [id, operation] : operations_) {
    if (operation.done) finished.push_back(id);
  }
  finished.resize(finished.size() > kKeptOperations ? finished.size() - kKeptOperations : 0);
  return finished;
}

void MasterLog::KeepLocation(uint32_t number) {
  if (number >= counters_.next_location) counters_.next_location = number + 1;
}

Result<std::vector<std::string>> MasterLog::FilesBefore(FileSystem& files, uint32_t term) {
  ASSIGN_OR_RETURN(const auto entries, files.List(kDirectory));
  std::vector<std::string> paths;
  for (const auto& entry : entries) {
    const std::optional<uint32_t> of = TermOf(entry.name, entry.is_directory ? kLogPrefix : kTermPrefix);
    if (!of || *of >= term) continue;
    paths.push_back(std::string(kDirectory) + "/" + entry.name + (entry.is_directory ? "/" : ""));
  }
  return paths;
}

Result<std::optional<LockServiceEntity>> MasterLog::ReadLockService(FileSystem& files, const ClusterId& cluster) {
  std::optional<LockServiceEntity> found;
  const auto there = files.Exists(kDirectory);
  if (!there.ok()) return there.status();
  if (!*there) return found;
  ASSIGN_OR_RETURN(const std::vector<uint32_t> terms, ClaimedTerms(files));
  for (size_t i = terms.size(); i > 0; --i) {
    ASSIGN_OR_RETURN(const storage::MetaLogState state,
                     storage::ReadMetaLog(files, LogDirectory(terms[i - 1]), cluster));
    if (state.is_new()) continue;
    const auto entity = state.entities.find(LockServiceEntity().key());
    if (entity == state.entities.end()) return found;
    ASSIGN_OR_RETURN(found, LockServiceEntity::Decode(entity->second));
    return found;
  }
  return found;
}

Task<Status> MasterLog::OnNewest(std::function<Status()> act) {
  if (!superseded_.ok()) co_return superseded_;
  auto act_and_look = [log = log_, files = &files_, term = term_, act = std::move(act)]() -> Status {
    const uint64_t file_before = log->file_number();
    const Status acted = act();
    if (!acted.ok()) {  // a later master may have removed the directory
      const Status newest = CheckNewest(*files, term);
      return newest.Is(StatusCode::kFenced) ? newest : acted;
    }
    return log->file_number() == file_before ? common::OkStatus() : CheckNewest(*files, term);
  };
  Status status = co_await common::RunJob(executor_, JobClass::kLog, std::move(act_and_look));
  if (status.Is(StatusCode::kFenced)) superseded_ = status;
  co_return status;
}

Task<Status> MasterLog::Write(std::vector<storage::MetaLogRecord> records) {
  records.push_back(storage::MetaLogRecord::Update(counters_.key(), counters_.Encode()));
  auto write = [log = log_, changes = std::move(records)] { return log->Update(changes); };
  co_return co_await OnNewest(std::move(write));
}

Task<Status> MasterLog::Save() {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  std::vector<storage::MetaLogRecord> nothing_else;
  co_return co_await Write(std::move(nothing_else));
}

Task<Status> MasterLog::Save(OperationEntity operation) {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  std::vector<storage::MetaLogRecord> records;
  records.push_back(storage::MetaLogRecord::Update(operation.key(), operation.Encode()));
  const std::vector<uint64_t> forgotten = OldestFinished();
  for (const uint64_t id : forgotten) {
    records.push_back(storage::MetaLogRecord::Remove(storage::EntityKey{OperationEntity::kType, id}));
  }
  CO_RETURN_IF_ERROR(co_await Write(std::move(records)));
  for (const uint64_t id : forgotten) operations_.erase(id);
  operations_[operation.id] = std::move(operation);
  co_return common::OkStatus();
}

Task<Status> MasterLog::Save(ServerEntity server) {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  std::vector<storage::MetaLogRecord> records;
  records.push_back(storage::MetaLogRecord::Update(server.key(), server.Encode()));
  CO_RETURN_IF_ERROR(co_await Write(std::move(records)));
  servers_[server.number] = std::move(server);
  co_return common::OkStatus();
}

Task<Status> MasterLog::Save(GarbageEntity garbage) {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  std::vector<storage::MetaLogRecord> records;
  records.push_back(storage::MetaLogRecord::Update(garbage.key(), garbage.Encode()));
  CO_RETURN_IF_ERROR(co_await Write(std::move(records)));
  garbage_[garbage.id] = std::move(garbage);
  co_return common::OkStatus();
}

Task<Status> MasterLog::Save(LockServiceEntity lock_service) {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  std::vector<storage::MetaLogRecord> records;
  records.push_back(storage::MetaLogRecord::Update(lock_service.key(), lock_service.Encode()));
  CO_RETURN_IF_ERROR(co_await Write(std::move(records)));
  lock_service_ = std::move(lock_service);
  co_return common::OkStatus();
}

Task<Status> MasterLog::Save(VariablesEntity variables) {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  std::vector<storage::MetaLogRecord> records;
  records.push_back(storage::MetaLogRecord::Update(variables.key(), variables.Encode()));
  CO_RETURN_IF_ERROR(co_await Write(std::move(records)));
  variables_ = variables;
  co_return common::OkStatus();
}

Task<Status> MasterLog::ForgetGarbage(uint64_t id) {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  std::vector<storage::MetaLogRecord> records;
  records.push_back(storage::MetaLogRecord::Remove(storage::EntityKey{GarbageEntity::kType, id}));
  CO_RETURN_IF_ERROR(co_await Write(std::move(records)));
  garbage_.erase(id);
  co_return common::OkStatus();
}

Task<Status> MasterLog::Confirm() {
  common::AsyncMutex::Permit turn = co_await writing_.Acquire();
  auto confirm = [log = log_] { return log->Confirm(); };
  co_return co_await OnNewest(std::move(confirm));
}

}  // namespace cellar::master
