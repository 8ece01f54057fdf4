#include "tools/processes/cluster_access.h"

#include <utility>

#include "common/concurrency/block_on.h"
#include "common/concurrency/sleep.h"
#include "fsbroker/client/file_system_url.h"
#include "fsbroker/client/settings.h"
#include "lockservice/connect/open_lock_service.h"
#include "lockservice/settings.h"
#include "storage/identity/cluster_identity.h"
#include "tools/processes/new_cluster_id.h"

namespace cellar::tools {
namespace {

constexpr Nanos kIdentityLook = 200 * kMillisecond;

Task<void> Pause(Executor& executor) {
  co_await common::SleepFor(executor, kIdentityLook);
}

}  // namespace

Result<std::unique_ptr<ClusterAccess>> ClusterAccess::Open(Footing& footing, Part part) {
  std::unique_ptr<ClusterAccess> access(new ClusterAccess(footing));
  RETURN_IF_ERROR(access->OpenFiles());
  ASSIGN_OR_RETURN(access->cluster_, access->AwaitIdentity(access->data_files(), part, access->ProposedId()));
  ASSIGN_OR_RETURN(const ClusterId logs, access->AwaitIdentity(access->log_files(), part, access->cluster_));
  if (logs != access->cluster_) {
    return common::InvalidArgument("data_url " + access->data_url_ + " holds cluster " + access->cluster_.ToString() +
                                   ", log_url " + access->log_url_ + " cluster " + logs.ToString());
  }
  rpc::RpcClientOptions calling;
  calling.hello.cluster = access->cluster_;
  access->rpc_ = std::make_unique<rpc::RpcClient>(footing.executor(), footing.transport(), footing.random(), calling);
  RETURN_IF_ERROR(access->OpenLockService());
  return access;
}

ClusterAccess::~ClusterAccess() = default;

Status ClusterAccess::OpenFiles() {
  const Settings& settings = footing_.daemon().settings();
  data_url_ = settings.Get(fsbroker::kDataUrlSetting);
  log_url_ = settings.Get(fsbroker::kLogUrlSetting);
  ASSIGN_OR_RETURN(data_files_, OpenShared(data_url_));
  if (log_url_ != data_url_) {
    ASSIGN_OR_RETURN(log_files_, OpenShared(log_url_));
  }
  return common::OkStatus();
}

Result<std::unique_ptr<FileSystem>> ClusterAccess::OpenShared(const std::string& text) {
  server::Daemon& daemon = footing_.daemon();
  ASSIGN_OR_RETURN(const fsbroker::FileSystemUrl url, fsbroker::ParseFileSystemUrl(text));
  if (url.kind == fsbroker::FileSystemUrl::Kind::kLocal) {
    return common::InvalidArgument("'" + text +
                                   "' is one process's own: roles in processes of their own share files "
                                   "through a broker; say files.data_url and files.log_url = broker://host:port");
  }
  fsbroker::FileSystemOpening opening(daemon.clock(), common::SystemSeed());
  opening.logger = daemon.LoggerFor("files");
  opening.broker = fsbroker::BrokerOptionsFrom(daemon.settings());
  opening.broker.client = daemon.program();
  ASSIGN_OR_RETURN(fsbroker::OpenedFileSystem opened, fsbroker::OpenFileSystem(url, opening));
  if (proposed_.is_none() && opened.cluster_id) proposed_ = *opened.cluster_id;
  return std::move(opened.files);
}

Result<ClusterId> ClusterAccess::AwaitIdentity(FileSystem& files, Part part, const ClusterId& proposed) {
  bool told = false;
  while (true) {
    auto id =
        part == Part::kMaster ? storage::EnsureClusterIdentity(files, proposed) : storage::ReadClusterIdentity(files);
    const bool again = id.status().Is(StatusCode::kNotFound) || id.status().Is(StatusCode::kBusy);
    if (id.ok() || !again) return id;
    if (footing_.daemon().stop_requested()) return common::Cancelled("stopped while waiting for a master");
    if (!std::exchange(told, true)) {
      footing_.daemon().LoggerFor("server").Info("waiting for a master", {{"why", id.status().ToString()}});
    }
    common::BlockOn(footing_.executor(), Pause(footing_.executor()));
  }
}

ClusterId ClusterAccess::ProposedId() const {
  return proposed_.is_none() ? NewClusterId() : proposed_;
}

Status ClusterAccess::OpenLockService() {
  server::Daemon& daemon = footing_.daemon();
  lockservice::LockServiceSeams seams(footing_.executor(), *rpc_, daemon.LoggerFor("lockservice"));
  lockservice::LockServiceAccess access(daemon.settings().Get(lockservice::kUrlSetting),
                                        daemon.settings().Get(lockservice::kPasswordFileSetting));
  ASSIGN_OR_RETURN(lock_service_, common::BlockOn(footing_.executor(),
                                                  lockservice::OpenLockService(std::move(seams), std::move(access))));
  return common::OkStatus();
}

Task<void> ClusterAccess::Stop() {
  lock_service_.reset();
  co_await rpc_->Stop();
}

}  // namespace cellar::tools
