#include "lockservice/connect/open_lock_service.h"

#include <utility>

#include "common/file/local_secret.h"
#include "lockservice/lock_service_url.h"
#include "lockservice/remote/remote_lock_service.h"
#include "lockservice/settings.h"
#include "lockservice/zookeeper/zookeeper_lock_service.h"

namespace cellar::lockservice {
namespace {

Task<Result<std::unique_ptr<LockService>>> OpenZooKeeper(LockServiceSeams seams, LockServiceUrl url,
                                                         std::string password_file) {
  ZooKeeperOptions options;
  options.servers = std::move(url.servers);
  options.path = std::move(url.path);
  if (!password_file.empty()) {
    // A few bytes of a local file: read where it stands, also on a loop.
    CO_TRY(options.password, common::ReadLocalSecret(password_file, std::string(kPasswordFileSetting.name)));
  }
  CO_TRY(std::unique_ptr<ZooKeeperLockService> service,
         co_await ZooKeeperLockService::Open(std::move(options), seams.executor, seams.logger));
  co_return std::unique_ptr<LockService>(std::move(service));
}

}  // namespace

Task<Result<std::unique_ptr<LockService>>> OpenLockService(LockServiceSeams seams, LockServiceAccess access) {
  CO_TRY(LockServiceUrl url, ParseLockServiceUrl(access.url));
  switch (url.kind) {
    case LockServiceUrl::Kind::kZooKeeper:
      co_return co_await OpenZooKeeper(std::move(seams), std::move(url), std::move(access.password_file));
    case LockServiceUrl::Kind::kRemote:
      co_return std::unique_ptr<LockService>(
          std::make_unique<RemoteLockService>(seams.executor, seams.rpc, std::move(url.address)));
    case LockServiceUrl::Kind::kEmbedded:
      break;
  }
  co_return common::InvalidArgument("lock service '" + access.url +
                                    "' is one process's own: say cellar://host:port or zookeeper://host:port/path");
}

}  // namespace cellar::lockservice
