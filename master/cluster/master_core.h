#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "client/cpp/client_core.h"
#include "client/cpp/system_tables.h"
#include "common/base/unique_function.h"
#include "common/concurrency/event.h"
#include "common/concurrency/sleep.h"
#include "common/fault/co_fault_point.h"
#include "lockservice/lock_session.h"
#include "master/cluster/lease_ends.h"
#include "master/cluster/master_directory.h"
#include "master/cluster/master_seams.h"
#include "master/cluster/problems.h"
#include "master/cluster/servers.h"
#include "master/state/master_log.h"
#include "protocol/rangeserver/stub.h"

namespace cellar::master {

/// What a master has when it takes office: the newest term's log, and the lock service under which it was claimed.
struct Office {
  std::unique_ptr<MasterLog> log;
  ClusterNode node;
  bool forgotten = false;  ///< The lock service has forgotten who was granted what under earlier terms.

  Office() = default;
};

/// What every part of an active master works with: its durable log, the servers it knows, the system tables, the
/// numbers that it gives out. Owned by the Master, outlives its parts. Loop only.
class MasterCore {
 public:
  /// `on_deposed` is called once when this master must end.
  MasterCore(MasterSeams seams, MasterOptions options, LockSession& session, Office office,
             UniqueFunction<void(Status)> on_deposed);

  Executor& executor() { return seams_.executor; }
  FileSystem& log_files() { return seams_.log_files; }
  FileSystem& data_files() { return seams_.data_files; }
  FaultPoints& faults() { return seams_.faults; }
  Random& random() { return seams_.random; }
  const Logger& logger() const { return seams_.logger; }
  MetricsRegistry& metrics() { return seams_.metrics; }
  const MasterOptions& options() const { return options_; }
  const ClusterId& cluster() const { return seams_.cluster; }
  LockSession& session() { return session_; }
  MasterLog& log() { return *log_; }
  const MasterLog& log() const { return *log_; }
  Servers& servers() { return servers_; }
  const Servers& servers() const { return servers_; }
  MasterDirectory& directory() { return directory_; }
  client::SystemTables& tables() { return tables_; }
  const protocol::RangeServerStub& range_servers() const { return client_.range_servers(); }
  Problems& problems() { return problems_; }

  /// METADATA and the catalog can be read and written. Set once.
  Event& catalog_ready() { return catalog_ready_; }

  /// Of one call to a server.
  Deadline CallDeadline() const { return Deadline::After(seams_.executor.clock(), kCallTime); }

  /// What SET gave to the whole cluster, for range servers.
  protocol::ClusterVariables variables() const;

  /// The next numbers of this term. They need no record: a term is never used again.
  Incarnation NextIncarnation() { return Incarnation({log_->term(), ++last_counter_}); }
  Epoch NextEpoch() { return Epoch({log_->term(), ++last_counter_}); }

  /// Repeats Save until it succeeds, which a full disk may delay. After kFenced it never returns: the master ends.
  template <typename Entity>
  Task<void> SaveSurely(Entity entity);
  Task<void> SaveSurely();

  /// For an answer that rests on no record of its own: asked after what it says was read, and before it is given.
  /// kUnavailable when there may be a later master, who may have done what this one would refuse.
  Task<Status> ConfirmNewest();

  /// This master acts no more. `why` goes to the owner.
  void Depose(Status why);
  bool deposed() const { return deposed_; }
  /// kFenced when it may not act: deposed, or its lease does not hold.
  Status CheckActive();

  /// Waits a while between tries.
  Task<void> Pause(Nanos duration);

  /// Seals the directory of a dead incarnation, once. OK when there is none.
  Task<Status> Seal(model::LogRef incarnation);
  /// In this term: it is certain to be dead.
  bool IsSealed(const model::LogRef& incarnation) const;

  /// Before ranges of a life that is over are given to another: its lease has certainly ended (LeaseEnds).
  Task<Status> AwaitLeaseEnd(model::LogRef life);
  /// kBusy when `life` holds its location's lock still at `deadline`.
  Task<Status> AwaitRelease(model::LogRef life, Deadline deadline);
  /// kFenced, and this master ends, when the lock service is not as it left it.
  Task<Status> CheckLockService();
  /// Before somebody is given ranges: from now on it shows when the lock service forgets the locks that are held.
  Task<Status> MarkLockService();
  /// Where this master listens: kept with the term.
  void SetAddress(std::string address) { lock_service_.address = std::move(address); }

  static constexpr Nanos kCallTime = 10 * kSecond;
  static constexpr Nanos kRetryPause = 100 * kMillisecond;

 private:
  Task<void> AfterFailedSave(Status failure);
  Task<Status> SaveLockService();
  Task<Status> EndDoubt();
  /// Only by the defect "deposed-master-writes".
  bool GoesOnAfter(const Status& failure) {
    return failure.Is(StatusCode::kFenced) && faults().Planted(Defect::kDeposedMasterWrites);
  }
  Status DeposedBy(Status lost);

  MasterSeams seams_;
  const MasterOptions options_;
  LockSession& session_;
  const std::unique_ptr<MasterLog> log_;
  UniqueFunction<void(Status)> on_deposed_;
  bool deposed_ = false;
  Servers servers_;
  MasterDirectory directory_{servers_};
  client::ClientCore client_;
  client::SystemTables tables_;
  Problems problems_;
  Event catalog_ready_{"catalog"};
  uint64_t last_counter_ = 0;
  LeaseEnds lease_ends_;
  LockServiceEntity lock_service_;
  common::AsyncMutex marking_{"mark of the lock service"};
  std::set<std::string> sealed_;  ///< Directories of incarnations.
};

template <typename Entity>
Task<void> MasterCore::SaveSurely(Entity entity) {
  while (true) {
    const Status saved = co_await log_->Save(entity);
    if (saved.ok() || GoesOnAfter(saved)) break;
    co_await AfterFailedSave(saved);
  }
  problems_.Clear("master log");
}

}  // namespace cellar::master
