#pragma once

#include <memory>
#include <string>

#include "common/base/cluster_id.h"
#include "common/file/file_system.h"
#include "lockservice/embedded/lock_server.h"

namespace cellar::lockservice {

/// Where an embedded lock service keeps its metalog. Only one process uses the directory: the data directory's lock, or
/// the one fsbroker, sees to that.
struct LockServerStorage {
  LockServerStorage(FileSystem& storage_files, const ClusterId& cluster_id,
                    std::string metalog_directory = "lockservice")
      : files(storage_files), cluster(cluster_id), directory(std::move(metalog_directory)) {}

  FileSystem& files;  ///< Outlives the server.
  ClusterId cluster;
  std::string directory;
};

/// A LockServer over a metalog, which is made when there is none. Errors of MetaLog::Open and LockTable::Restore.
Task<Result<std::unique_ptr<LockServer>>> OpenLockServer(LockServerParts parts, LockServerStorage storage);

}  // namespace cellar::lockservice
