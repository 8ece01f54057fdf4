#pragma once

#include <memory>
#include <string>

#include "common/base/unique_function.h"
#include "common/concurrency/cancellation.h"
#include "common/concurrency/task.h"
#include "common/concurrency/task_group.h"
#include "lockservice/lease_renewer.h"
#include "lockservice/lock_session.h"
#include "master/cluster/master_core.h"
#include "master/cluster/master_seams.h"
#include "master/garbage/garbage_collector.h"
#include "master/operations/operation_runner.h"
#include "master/recovery/recovery.h"
#include "master/service/master_service.h"
#include "rpc/rpc_server.h"

namespace cellar::master {

/// The master role: one active at a time, the holder of the lock on `/master` and of the newest term. Owned by the
/// process; several may live in one. Loop only. Stop() is awaited before destruction, unless the executor is dead.
///
///     Start: session → lock → `/cluster` → term → servers that live already → listen → mark in `/cluster` → `/master`
///            → recovery when one is ready
class Master {
 public:
  /// Called once, on the loop, from a work of its own, when this master must end: its session is gone or a later term
  /// exists. The owner calls Stop.
  using OnFatal = UniqueFunction<void(Status)>;

  /// Waits as a standby until it holds the lock, or `stop` is cancelled (kCancelled). On return it listens and
  /// `/master` says where; recovery goes on behind. kInvalidArgument when `/cluster` is another cluster's, kConflict
  /// when the files are those of another cluster's living master (CheckPredecessor). Borrows the seams.
  static Task<Result<std::unique_ptr<Master>>> Start(MasterSeams seams, MasterOptions options, OnFatal on_fatal,
                                                     CancellationToken stop = {});
  ~Master();

  /// Lets no request in any more, gives up what is under way (operations are durable: the next master goes on with
  /// them), closes the session. A call of Start that is still waiting is ended by its token instead.
  Task<void> Stop();

  /// "host:port" as announced.
  const std::string& address() const { return address_; }
  uint32_t term() const { return core_.log().term(); }
  /// As MasterStatus answers it.
  protocol::MasterStatusResponse status() const { return service_.status(); }

  /// Every range serves, or is named among the problems.
  bool recovered() const { return recovery_.recovered(); }
  /// And nothing is left of dead servers.
  bool collected() const { return garbage_.collected(); }

 private:
  Master(MasterSeams seams, MasterOptions options, OnFatal on_fatal, std::unique_ptr<LockSession> session,
         Office office);
  Task<Status> Announce();
  void Run();
  Task<void> EndWithSession();
  Task<void> WatchLockService();
  Task<Status> CheckAnnounced();

  const MasterOptions options_;
  const std::shared_ptr<OnFatal> on_fatal_;
  std::unique_ptr<LockSession> session_;
  lockservice::LeaseRenewer renewer_;
  MasterCore core_;
  Recovery recovery_;
  GarbageCollector garbage_;
  OperationRunner operations_;
  MasterService service_;
  rpc::RpcServer server_;
  std::string address_;
  TaskGroup tasks_;
};

}  // namespace cellar::master
