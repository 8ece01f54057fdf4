#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "client/cpp/client_core.h"
#include "common/base/fencing.h"
#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "model/cell.h"
#include "model/ids.h"

namespace cellar::check {

/// A range server that takes ranges.
struct LivingServer {
  model::Location location;
  Incarnation incarnation;
  std::set<model::FileId> under_way;  ///< Files that it is writing.

  LivingServer() = default;
};

/// What only the roles know.
struct ServersSeen {
  uint32_t term = 0;       ///< Of the master.
  bool recovered = false;  ///< Every range was loaded, or is named as a problem.
  bool collected = false;  ///< And nothing is left of dead servers.
  std::vector<LivingServer> living;
  std::set<std::string> operations;   ///< Paths of operations under way.
  std::vector<std::string> problems;  ///< As master and servers say.
  std::string data_directory;         ///< As the master says; empty when the urls say where the files are.
  std::string data_url;
  std::string log_url;
  std::string cluster;  ///< Its id.

  ServersSeen() = default;
};

/// Where a check gets what is not in files. Loop only.
class ClusterView {
 public:
  virtual ~ClusterView() = default;

  virtual Task<Result<ServersSeen>> ReadServers(Deadline deadline) = 0;

  /// The newest cell of each column of METADATA (`0/0`) or CATALOG (`0/1`), in key order.
  virtual Task<Result<std::vector<model::Cell>>> ReadTable(model::TableId table, Deadline deadline) = 0;
};

/// As any client sees it.
class ClientClusterView final : public ClusterView {
 public:
  /// Borrows the client.
  explicit ClientClusterView(client::ClientCore& client) : client_(client) {}

  Task<Result<ServersSeen>> ReadServers(Deadline deadline) override;
  Task<Result<std::vector<model::Cell>>> ReadTable(model::TableId table, Deadline deadline) override;

 private:
  Task<Result<ServersSeen>> ReadServersOnce(Deadline deadline);

  client::ClientCore& client_;
};

}  // namespace cellar::check
