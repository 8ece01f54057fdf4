#include "client/cpp/client_core.h"

namespace cellar::client {

ClientCore::ClientCore(Executor& executor, rpc::RpcClient& rpc, ClusterDirectory& directory, Random& random)
    : executor_(executor),
      directory_(directory),
      random_(random),
      range_servers_(rpc),
      master_(rpc),
      locator_(directory, range_servers_),
      schemas_(ScanSeams{executor, locator_, range_servers_, random}),
      numbers_(NewSession()),
      lanes_(random),
      calls_(executor) {}

protocol::RequestId ClientCore::NewRequestId() {
  protocol::RequestId id;
  id.session = numbers_.session().get();
  id.sequence = ++last_request_;
  return id;
}

Status ClientCore::Final(const Status& failure, bool maybe_done) {
  // A refusal of the request itself is definite, whichever try brought it.
  const bool is_about_request = !IsWorthAnotherTry(failure) && !IsStateOfFiles(failure);
  if (!maybe_done || is_about_request) return failure;
  return OutcomeUnknown(failure);
}

Task<bool> ClientCore::WorthAnotherTry(Status failure, bool maybe_done, Backoff* backoff, Deadline deadline) {
  const bool unresolved = maybe_done && IsStateOfFiles(failure);
  if (!IsWorthAnotherTry(failure) && !unresolved) co_return false;
  directory_.Forget();
  co_return co_await backoff->Wait(executor_, deadline);
}

}  // namespace cellar::client
