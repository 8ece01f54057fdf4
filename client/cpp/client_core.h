#pragma once

#include <string>

#include "client/cpp/cluster_directory.h"
#include "client/cpp/frame_update.h"
#include "client/cpp/range_locator.h"
#include "client/cpp/scan_stream.h"
#include "client/cpp/session_pool.h"
#include "client/cpp/system_tables.h"
#include "client/cpp/table_schemas.h"
#include "client/cpp/waiting_calls.h"
#include "common/concurrency/executor.h"
#include "common/random/random.h"
#include "protocol/master/stub.h"
#include "protocol/rangeserver/stub.h"
#include "rpc/rpc_client.h"

namespace cellar::client {

/// A client as coroutines on one loop: what the blocking face, range servers and the master stand on. Borrows its
/// seams, which outlive it. Loop only.
class ClientCore {
 public:
  ClientCore(Executor& executor, rpc::RpcClient& rpc, ClusterDirectory& directory, Random& random);

  Executor& executor() { return executor_; }
  RangeLocator& locator() { return locator_; }
  ClusterDirectory& directory() { return directory_; }
  Random& random() { return random_; }
  const protocol::RangeServerStub& range_servers() const { return range_servers_; }

  /// Seams of single updates, under this core's session, and of row mutations, each in a lane of its own.
  UpdateSeams updates() { return UpdatesOf(numbers_); }
  /// The same under a session of its own: for a stream of frames whose order matters.
  UpdateSeams UpdatesOf(BatchNumbers& numbers) {
    return UpdateSeams{executor_, locator_, range_servers_, numbers, lanes_, random_, 0, &schemas_, this};
  }
  ScanSeams scans() { return ScanSeams{executor_, locator_, range_servers_, random_, &schemas_}; }
  TableSchemas& schemas() { return schemas_; }
  /// What threads wait for; those who have none use nothing of it.
  WaitingCalls& calls() { return calls_; }
  /// What they write in the name of a master of `master_term` is refused once its server has heard of a later one.
  SystemTables system_tables(uint32_t master_term = 0) {
    UpdateSeams seams = updates();
    seams.master_term = master_term;
    return SystemTables(seams, scans());
  }

  /// On the loop, like all that takes random(): two threads that draw at once may get the same number.
  model::SessionId NewSession() { return NewSessionId(random_); }

  /// For a writer to this table: a session that another one has left, else a new one. Draws in any case, so that who
  /// ends when does not change what is drawn.
  BatchNumbers SessionFor(model::TableId table) {
    const model::SessionId fresh = NewSession();
    return sessions_.Take(table).value_or(BatchNumbers(fresh));
  }
  SessionPool& sessions() { return sessions_; }

  /// Names one request to the master for ever.
  protocol::RequestId NewRequestId();

  /// Asks the active master, again after a failover, until it answers or the deadline has passed. `call` gets stub and
  /// address. For requests that may be repeated: they carry a RequestId, or change nothing.
  template <typename Reply, typename Request>
  Task<Result<Reply>> AskMaster(Task<Result<Reply>> (protocol::MasterStub::*call)(std::string, Request, Deadline) const,
                                Request request, Deadline deadline);
  template <typename Request>
  Task<Status> AskMaster(Task<Status> (protocol::MasterStub::*call)(std::string, Request, Deadline) const,
                         Request request, Deadline deadline);

 private:
  /// True: wait has passed, ask again.
  Task<bool> WorthAnotherTry(Status failure, bool maybe_done, Backoff* backoff, Deadline deadline);
  /// What the caller is told after the last try. A try without an answer may have done it.
  static Status Final(const Status& failure, bool maybe_done);

  Executor& executor_;
  ClusterDirectory& directory_;
  Random& random_;
  protocol::RangeServerStub range_servers_;
  protocol::MasterStub master_;
  RangeLocator locator_;
  TableSchemas schemas_;
  BatchNumbers numbers_;
  MutationLanes lanes_;
  SessionPool sessions_;
  int64_t last_request_ = 0;
  WaitingCalls calls_;
};

template <typename Reply, typename Request>
Task<Result<Reply>> ClientCore::AskMaster(Task<Result<Reply>> (protocol::MasterStub::*call)(std::string, Request,
                                                                                            Deadline) const,
                                          Request request, Deadline deadline) {
  Backoff backoff(random_);
  bool maybe_done = false;
  while (true) {
    const Deadline of_try = TryDeadline(executor_.clock(), deadline);
    Result<Reply> reply = common::Cancelled("not asked");
    auto address = co_await directory_.MasterAddress(of_try);
    if (address.ok()) {
      reply = co_await (master_.*call)(*address, request, of_try);
      maybe_done |= reply.status().Is(StatusCode::kTimedOut);
    } else {
      reply = std::move(address).status();
    }
    if (reply.ok()) co_return std::move(reply);
    const bool again = co_await WorthAnotherTry(reply.status(), maybe_done, &backoff, deadline);
    if (!again) co_return Final(reply.status(), maybe_done);
  }
}

template <typename Request>
Task<Status> ClientCore::AskMaster(Task<Status> (protocol::MasterStub::*call)(std::string, Request, Deadline) const,
                                   Request request, Deadline deadline) {
  Backoff backoff(random_);
  bool maybe_done = false;
  while (true) {
    const Deadline of_try = TryDeadline(executor_.clock(), deadline);
    auto address = co_await directory_.MasterAddress(of_try);
    Status status = address.status();
    if (address.ok()) {
      status = co_await (master_.*call)(*address, request, of_try);
      maybe_done |= status.Is(StatusCode::kTimedOut);
    }
    if (status.ok()) co_return status;
    const bool again = co_await WorthAnotherTry(status, maybe_done, &backoff, deadline);
    if (!again) co_return Final(status, maybe_done);
  }
}

}  // namespace cellar::client
