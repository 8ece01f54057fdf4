#include "lockservice/embedded/open_lock_server.h"

#include <utility>

#include "common/concurrency/run_job.h"
#include "storage/metalog/metalog.h"

namespace cellar::lockservice {
namespace {

using storage::EntityKey;
using storage::MetaLog;
using storage::MetaLogRecord;

/// The lock service grants incarnations to nobody and is not sealed: its own is always this one.
const Incarnation kIncarnation(FencingNumber{0, 1});

/// Shared with the jobs that write, one at a time.
using SharedMetaLog = std::shared_ptr<MetaLog>;

class MetaLogJournal final : public LockJournal {
 public:
  MetaLogJournal(Executor& executor, SharedMetaLog log) : executor_(executor), log_(std::move(log)) {}

  Task<Status> Append(std::vector<LockEdit> edits) override {
    std::vector<MetaLogRecord> records;
    for (LockEdit& edit : edits) {
      const EntityKey key{static_cast<uint32_t>(edit.type), edit.id};
      records.push_back(edit.body ? MetaLogRecord::Update(key, std::move(*edit.body)) : MetaLogRecord::Remove(key));
    }
    auto job = [log = log_, batch = std::move(records)] { return log->Update(batch); };
    co_return co_await common::RunJob(executor_, JobClass::kLog, std::move(job));
  }

 private:
  Executor& executor_;
  const SharedMetaLog log_;
};

std::vector<LockEdit> EditsOf(const storage::Entities& entities) {
  std::vector<LockEdit> edits;
  for (const auto& [key, body] : entities) edits.push_back({static_cast<LockEntity>(key.type), key.id, body});
  return edits;
}

}  // namespace

Task<Result<std::unique_ptr<LockServer>>> OpenLockServer(LockServerParts parts, LockServerStorage storage) {
  auto open = [storage] { return MetaLog::Open(storage.files, storage.directory, storage.cluster, kIncarnation); };
  CO_TRY(std::unique_ptr<MetaLog> opened, co_await common::RunJob(parts.executor, JobClass::kLog, std::move(open)));
  const SharedMetaLog log = std::move(opened);
  auto journal = std::make_unique<MetaLogJournal>(parts.executor, log);
  std::vector<LockEdit> entities = EditsOf(log->entities());
  co_return co_await LockServer::Open(std::move(parts), std::move(journal), std::move(entities));
}

}  // namespace cellar::lockservice
