#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/concurrency/executor.h"
#include "common/random/random.h"
#include "model/cell.h"
#include "model/metadata_row.h"
#include "model/scan_spec.h"
#include "model/schema.h"
#include "protocol/gen/rangeserver_types.h"
#include "protocol/rangeserver/methods.h"
#include "rpc/rpc_server.h"

namespace cellar::master {

/// A range server of the tests: keeps all cells in memory, whatever happens to its ranges, and does what roles.md says
/// of METADATA rows. Lives on a node of its own. Loop only.
class FakeRangeServer {
 public:
  FakeRangeServer(Executor& executor, rpc::Transport& transport, std::string host, uint16_t port);

  Task<void> Stop() { return server_.Stop(Deadline(0)); }
  std::string address() const { return server_.address().ToString(); }

  /// A new life: nothing is loaded.
  void BeginLife(std::string location, Incarnation incarnation);

  /// Loads of this range answer `status`.
  void RefuseLoad(const std::string& range, Status status) { refused_[range] = std::move(status); }
  void AcceptLoad(const std::string& range) { refused_.erase(range); }

  /// What an owner would write to its ranges' rows: a manifest; that no log is needed any more. And what nobody may do.
  void SetManifest(model::TableId table, const std::string& encoded);
  void ForgetLogs();
  void LoseRow(model::TableId table);

  /// Ranges that are served, as text.
  std::set<std::string> Serving() const;
  std::vector<model::RangeRecord> Rows();
  /// Visible cells of the catalog as "row family:qualifier".
  std::vector<std::string> CatalogCells();
  /// The paths in the rows of tables, in order of their ids.
  std::vector<std::string> PathsOfTables();
  const std::vector<std::string>& schemas_told() const { return schemas_told_; }
  /// The last that it was told, by itself or with an order to load.
  const protocol::ClusterVariables& variables() const { return variables_; }
  uint64_t load_calls() const { return load_calls_; }
  /// Of the masters whose orders and row mutations came.
  const std::set<int64_t>& master_terms() const { return master_terms_; }

 private:
  template <typename Request, typename Reply>
  void Serve(protocol::RangeServerMethod method, Result<Reply> (FakeRangeServer::*handler)(Request&, std::string*));
  /// `handler` is a member of this object, which outlives its calls.
  template <typename Request, typename Reply>
  Task<Result<rpc::Response>> Answer(Result<Reply> (FakeRangeServer::*handler)(Request&, std::string*),
                                     rpc::Request raw);

  Result<protocol::ScanBlockResponse> CreateScanner(protocol::CreateScannerRequest& request, std::string* attachment);
  Result<protocol::MutateRowResponse> MutateRow(protocol::MutateRowRequest& request, std::string* attachment);
  Result<protocol::LoadRangeResponse> LoadRange(protocol::LoadRangeRequest& request, std::string* attachment);
  Result<protocol::DoneResponse> UnloadRange(protocol::UnloadRangeRequest& request, std::string* attachment);
  Result<protocol::DoneResponse> UpdateVariables(protocol::UpdateVariablesRequest& request, std::string* attachment);
  Result<protocol::DoneResponse> UpdateSchema(protocol::UpdateSchemaRequest& request, std::string* attachment);
  Result<protocol::ServerStatusResponse> ServerStatus(protocol::ServerStatusRequest& request, std::string* attachment);

  std::vector<model::Cell> Visible(model::TableId table, const model::ScanSpec& spec);
  Result<model::RangeKey> FindLoaded(model::TableId table, const std::string& row) const;
  Status TakeRow(const model::RangeKey& range, Epoch epoch);
  void Store(model::TableId table, model::Cell cell);

  Executor& executor_;
  rpc::RpcServer server_;
  model::Location location_;
  Incarnation incarnation_;
  int64_t last_revision_ = 1000;
  std::map<model::TableId, std::vector<model::Cell>> history_;
  std::map<std::string, std::pair<model::RangeKey, Epoch>> loaded_;
  std::map<std::string, Status> refused_;
  std::map<std::pair<int64_t, int64_t>, protocol::MutateRowResponse> answered_;
  std::vector<std::string> schemas_told_;
  protocol::ClusterVariables variables_;
  uint64_t load_calls_ = 0;
  std::set<int64_t> master_terms_;
};

}  // namespace cellar::master
