#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/cluster_id.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/semaphore.h"
#include "common/concurrency/task.h"
#include "common/file/file_system.h"
#include "master/state/master_entities.h"
#include "storage/metalog/metalog.h"

namespace cellar::master {

/// The durable state of one term's master. Whoever claims a term creates `master/term-<term>` exclusively, seals the
/// logs of all earlier terms and goes on from the newest of them. Loop only; files are used in jobs.
///
/// Invariant: what Save answered OK for is seen by every later term. After an error of Save its outcome is unknown: it
/// is repeated until it succeeds; after kFenced, which says that there is a later term, the master stops.
class MasterLog {
 public:
  /// Claims the next free term. kFenced when another master claimed a later one meanwhile.
  /// `wrong_term` plants "term-from-lock-service-only": that one, claimed or not.
  static Task<Result<std::unique_ptr<MasterLog>>> Claim(Executor& executor, FileSystem& files, ClusterId cluster,
                                                        std::optional<uint32_t> wrong_term = std::nullopt);

  /// What the newest term's log says of the lock service, while its master may still write there. nullopt: nothing. A
  /// job.
  static Result<std::optional<LockServiceEntity>> ReadLockService(FileSystem& files, const ClusterId& cluster);

  /// Logs and claims of the terms before `term`, as paths; of directories with a '/' at the end. A job.
  static Result<std::vector<std::string>> FilesBefore(FileSystem& files, uint32_t term);

  uint32_t term() const { return term_; }
  const CountersEntity& counters() const { return counters_; }
  const std::map<uint64_t, OperationEntity>& operations() const { return operations_; }

  const std::map<uint32_t, ServerEntity>& servers() const { return servers_; }
  const std::map<uint64_t, GarbageEntity>& garbage() const { return garbage_; }
  /// nullopt: no master has written of it yet.
  const std::optional<LockServiceEntity>& lock_service() const { return lock_service_; }

  const VariablesEntity& variables() const { return variables_; }

  // Numbers that are given out once. Durable with the next Save, which is awaited before a number is used.
  uint64_t TakeOperation() { return counters_.next_operation++; }
  uint32_t TakeTable() { return counters_.next_table++; }
  uint32_t TakeFileIdBlock() { return counters_.next_file_id_block++; }
  uint32_t TakeLocation() { return counters_.next_location++; }
  /// `number` is in use: not to be given out.
  void KeepLocation(uint32_t number);
  void MarkBootstrapped() { counters_.bootstrapped = true; }

  /// Each makes its entity durable, with all counters, then visible here.
  Task<Status> Save();
  Task<Status> Save(OperationEntity operation);
  Task<Status> Save(ServerEntity server);
  Task<Status> Save(GarbageEntity garbage);
  Task<Status> Save(LockServiceEntity lock_service);
  Task<Status> Save(VariablesEntity variables);
  Task<Status> ForgetGarbage(uint64_t id);

  /// OK: no later term has begun so far. Writes nothing. kFenced as for Save; any other error says nothing.
  Task<Status> Confirm();

  /// Finished operations are forgotten, oldest first, when there are more than kKeptOperations.
  static constexpr size_t kKeptOperations = 1000;

 private:
  MasterLog(Executor& executor, FileSystem& files, std::shared_ptr<storage::MetaLog> log, uint32_t term);
  Status Load();
  /// Does `act`, in a job. What it did counts unless the log went on in another file and there is a later term.
  Task<Status> OnNewest(std::function<Status()> act);
  Task<Status> Write(std::vector<storage::MetaLogRecord> records);
  std::vector<uint64_t> OldestFinished() const;

  Executor& executor_;
  FileSystem& files_;
  std::shared_ptr<storage::MetaLog> log_;
  const uint32_t term_;
  CountersEntity counters_;  ///< With what was taken and not yet saved.
  std::map<uint64_t, OperationEntity> operations_;
  std::map<uint32_t, ServerEntity> servers_;
  std::map<uint64_t, GarbageEntity> garbage_;
  std::optional<LockServiceEntity> lock_service_;
  VariablesEntity variables_;
  Status superseded_;  ///< kFenced once a later term was seen: for good.
  common::AsyncMutex writing_{"master log"};
};

}  // namespace cellar::master
