#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/executor.h"
#include "protocol/gen/rangeserver_types.h"
#include "protocol/message.h"
#include "protocol/rangeserver/methods.h"
#include "rpc/rpc_server.h"

namespace cellar::client {

/// One method of a ScriptedRangeServer: what was asked, and what is answered.
template <typename Request, typename Reply>
class Script {
 public:
  /// Gets the request and its attachment, which it replaces by the answer's.
  using Step = std::function<Result<Reply>(const Request&, std::string* attachment)>;

  explicit Script(Step usual) : usual_(std::move(usual)) {}

  /// The next request that has no step yet is answered by this one; those without any, as usual.
  void Then(Step step) { steps_.push_back(std::move(step)); }
  void ThenFail(Status status) {
    Then([status = std::move(status)](const Request&, std::string*) { return Result<Reply>(status); });
  }
  void SetUsual(Step usual) { usual_ = std::move(usual); }
  const Step& usual() const { return usual_; }

  const std::vector<Request>& requests() const { return requests_; }
  const std::vector<std::string>& attachments() const { return attachments_; }

  Result<Reply> Answer(Request request, std::string* attachment) {
    requests_.push_back(request);
    attachments_.push_back(*attachment);
    if (steps_.empty()) return usual_(request, attachment);
    Step step = std::move(steps_.front());
    steps_.pop_front();
    return step(request, attachment);
  }

 private:
  Step usual_;
  std::deque<Step> steps_;
  std::vector<Request> requests_;
  std::vector<std::string> attachments_;
};

/// For tests of the client: a range server that answers as it is told, each call on its own. Loop only, but for the
/// scripts, which the test writes while the world stands still.
class ScriptedRangeServer {
 public:
  using ScanSystemTable = Script<protocol::CreateScannerRequest, protocol::ScanBlockResponse>::Step;

  /// Scans of METADATA and the catalog go to `scan_system_table` and into no script.
  ScriptedRangeServer(Executor& executor, rpc::Transport& transport, rpc::Address address,
                      ScanSystemTable scan_system_table);

  Task<void> Stop() { return server_.Stop(Deadline(0)); }
  int metadata_scan_count() const { return metadata_scan_count_; }

  Script<protocol::UpdateRequest, protocol::UpdateResponse> update;  ///< As usual: applies every row.
  Script<protocol::MutateRowRequest, protocol::MutateRowResponse> mutate_row;
  Script<protocol::CreateScannerRequest, protocol::ScanBlockResponse> create_scanner;
  Script<protocol::FetchScanBlockRequest, protocol::ScanBlockResponse> fetch_scan_block;
  Script<protocol::DestroyScannerRequest, protocol::DoneResponse> destroy_scanner;
  Script<protocol::GetRowsRequest, protocol::GetRowsResponse> get_rows;
  Script<protocol::ExplainScanRequest, protocol::ExplainScanResponse> explain_scan;

 private:
  template <typename Request, typename Reply>
  void Serve(protocol::RangeServerMethod method, std::function<Result<Reply>(Request, std::string*)> answer);
  template <typename Request, typename Reply>
  void Serve(protocol::RangeServerMethod method, Script<Request, Reply>& script);
  Result<protocol::ScanBlockResponse> CreateScanner(protocol::CreateScannerRequest request, std::string* attachment);

  rpc::RpcServer server_;
  ScanSystemTable scan_system_table_;
  int metadata_scan_count_ = 0;
};

}  // namespace cellar::client
