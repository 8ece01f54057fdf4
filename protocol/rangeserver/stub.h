#pragma once

#include <string>

#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "protocol/gen/rangeserver_types.h"

namespace cellar::rpc {
class RpcClient;
}

namespace cellar::protocol {

/// Typed calls to range servers ("host:port") over one RpcClient. A small value: borrows the client, which outlives
/// every call. Errors are the server's, or kUnavailable and kBusy (nothing was done), kTimedOut (outcome unknown).
class RangeServerStub {
 public:
  explicit RangeServerStub(rpc::RpcClient& client) : client_(&client) {}

  /// A reply of a scanner and the cells behind it (model/scan_block.h).
  struct ScanBlock {
    ScanBlockResponse head;
    std::string cells;

    ScanBlock() = default;
  };
  struct Rows {
    GetRowsResponse head;
    std::string cells;

    Rows() = default;
  };

  Task<Result<UpdateResponse>> Update(std::string address, UpdateRequest request, std::string frames,
                                      Deadline deadline) const;
  Task<Result<MutateRowResponse>> MutateRow(std::string address, MutateRowRequest request, std::string frame,
                                            Deadline deadline) const;
  Task<Result<ScanBlock>> CreateScanner(std::string address, CreateScannerRequest request, Deadline deadline) const;
  Task<Result<ScanBlock>> FetchScanBlock(std::string address, FetchScanBlockRequest request, Deadline deadline) const;
  Task<Status> DestroyScanner(std::string address, DestroyScannerRequest request, Deadline deadline) const;
  Task<Result<Rows>> GetRows(std::string address, GetRowsRequest request, Deadline deadline) const;
  Task<Result<LoadRangeResponse>> LoadRange(std::string address, LoadRangeRequest request, Deadline deadline) const;
  Task<Status> UnloadRange(std::string address, UnloadRangeRequest request, Deadline deadline) const;
  Task<Status> UpdateSchema(std::string address, UpdateSchemaRequest request, Deadline deadline) const;
  Task<Status> UpdateVariables(std::string address, UpdateVariablesRequest request, Deadline deadline) const;
  Task<Result<CompactResponse>> Compact(std::string address, CompactRequest request, Deadline deadline) const;
  Task<Result<ExplainScanResponse>> ExplainScan(std::string address, ExplainScanRequest request,
                                                Deadline deadline) const;
  Task<Result<ListQueriesResponse>> ListQueries(std::string address, Deadline deadline) const;
  Task<Status> KillQuery(std::string address, KillQueryRequest request, Deadline deadline) const;
  Task<Result<MaintenanceResponse>> Maintenance(std::string address, MaintenanceRequest request,
                                                Deadline deadline) const;
  Task<Result<ServerStatusResponse>> ServerStatus(std::string address, Deadline deadline) const;

  /// A connection to the server stands: it neither died nor fell silent, as far as is known.
  bool IsConnected(const std::string& address) const;

 private:
  rpc::RpcClient* client_;
};

}  // namespace cellar::protocol
