#pragma once

#include <string>

#include "client/cpp/cluster_directory.h"
#include "client/cpp/frame_update.h"
#include "client/cpp/range_locator.h"
#include "client/cpp/scan_stream.h"
#include "client/cpp/system_tables.h"
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
  Random& random() { return random_; }
  const protocol::RangeServerStub& range_servers() const { return range_servers_; }

  /// Seams of single updates and conditional mutations, all under this core's session.
  UpdateSeams updates() { return UpdateSeams{executor_, locator_, range_servers_, numbers_, random_}; }
  /// The same under a session of its own: for a stream of frames whose order matters.
  UpdateSeams UpdatesOf(BatchNumbers& numbers) {
    return UpdateSeams{executor_, locator_, range_servers_, numbers, random_};
  }
  ScanSeams scans() { return ScanSeams{executor_, locator_, range_servers_, random_}; }
  SystemTables system_tables() { return SystemTables(updates(), scans()); }

  model::SessionId NewSession();

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
  Task<bool> WorthAnotherTry(Status failure, Backoff* backoff, Deadline deadline);

  Executor& executor_;
  ClusterDirectory& directory_;
  Random& random_;
  protocol::RangeServerStub range_servers_;
  protocol::MasterStub master_;
  RangeLocator locator_;
  BatchNumbers numbers_;
  int64_t last_request_ = 0;
};

template <typename Reply, typename Request>
Task<Result<Reply>> ClientCore::AskMaster(Task<Result<Reply>> (protocol::MasterStub::*call)(std::string, Request,
                                                                                            Deadline) const,
                                          Request request, Deadline deadline) {
  Backoff backoff(random_);
  while (true) {
    Result<Reply> reply = common::Cancelled("not asked");
    auto address = co_await directory_.MasterAddress(deadline);
    if (address.ok()) {
      reply = co_await (master_.*call)(*address, request, deadline);
    } else {
      reply = std::move(address).status();
    }
    if (reply.ok()) co_return std::move(reply);
    const bool again = co_await WorthAnotherTry(reply.status(), &backoff, deadline);
    if (!again) co_return std::move(reply);
  }
}

template <typename Request>
Task<Status> ClientCore::AskMaster(Task<Status> (protocol::MasterStub::*call)(std::string, Request, Deadline) const,
                                   Request request, Deadline deadline) {
  Backoff backoff(random_);
  while (true) {
    auto address = co_await directory_.MasterAddress(deadline);
    Status status = address.status();
    if (address.ok()) status = co_await (master_.*call)(*address, request, deadline);
    if (status.ok()) co_return status;
    const bool again = co_await WorthAnotherTry(status, &backoff, deadline);
    if (!again) co_return status;
  }
}

}  // namespace cellar::client
