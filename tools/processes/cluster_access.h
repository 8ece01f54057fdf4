#pragma once

#include <memory>
#include <string>

#include "common/base/cluster_id.h"
#include "common/file/file_system.h"
#include "lockservice/lock_service.h"
#include "rpc/rpc_client.h"
#include "tools/processes/footing.h"

namespace cellar::tools {

/// The cluster that a role in a process of its own belongs to: its files, its name, its lock service, and calls in its
/// name. Owned by the role's process, gone before the footing; used on the loop, save the files (jobs).
class ClusterAccess {
 public:
  enum class Part {
    kMaster,      ///< Names the cluster when nobody has.
    kRangeServer  ///< Waits until a master has.
  };

  /// Opens what data_url, log_url and lockservice.url say. Refused by name: two file systems of different clusters, a
  /// url that only serves one process, a file system or lock service that is not there. Blocks; kCancelled when the
  /// daemon was told to stop meanwhile.
  static Result<std::unique_ptr<ClusterAccess>> Open(Footing& footing, Part part);
  ~ClusterAccess();

  FileSystem& data_files() { return *data_files_; }
  FileSystem& log_files() { return log_files_ ? *log_files_ : *data_files_; }
  /// As configured.
  const std::string& data_url() const { return data_url_; }
  const std::string& log_url() const { return log_url_; }
  const ClusterId& cluster() const { return cluster_; }
  rpc::RpcClient& rpc() { return *rpc_; }
  LockService& lock_service() { return *lock_service_; }

  /// Before destruction, after the role has stopped.
  Task<void> Stop();

 private:
  explicit ClusterAccess(Footing& footing) : footing_(footing) {}

  Status OpenFiles();
  Result<std::unique_ptr<FileSystem>> OpenShared(const std::string& text);
  /// The id of the broker's data directory, where it has one: then its files bear one name wherever they are served.
  ClusterId ProposedId() const;
  Result<ClusterId> AwaitIdentity(FileSystem& files, Part part, const ClusterId& proposed);
  Status OpenLockService();

  Footing& footing_;
  std::string data_url_;
  std::string log_url_;
  std::unique_ptr<FileSystem> data_files_;
  std::unique_ptr<FileSystem> log_files_;  ///< Null: the same as for data.
  ClusterId proposed_;
  ClusterId cluster_;
  std::unique_ptr<rpc::RpcClient> rpc_;
  std::unique_ptr<LockService> lock_service_;
};

}  // namespace cellar::tools
