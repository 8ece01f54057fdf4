#include "tools/processes/cluster_files.h"

#include <utility>

#include "common/file/local_directory.h"
#include "common/file/local_file_system.h"
#include "common/random/random.h"
#include "fsbroker/client/file_system_url.h"

namespace cellar::tools {

Result<std::unique_ptr<FileSystem>> OpenSharedFiles(const std::string& url, const Clock& clock, std::string_view user) {
  ASSIGN_OR_RETURN(const fsbroker::FileSystemUrl parsed, fsbroker::ParseFileSystemUrl(url));
  fsbroker::FileSystemOpening opening(clock, common::SystemSeed());
  opening.broker.client = user;
  ASSIGN_OR_RETURN(fsbroker::OpenedFileSystem opened, fsbroker::OpenFileSystem(parsed, opening));
  return std::move(opened.files);
}

Result<std::shared_ptr<FileSystem>> OpenClusterFiles(client::Client& client, const Clock& clock,
                                                     std::string_view user) {
  ASSIGN_OR_RETURN(const client::FilesPlace place, client.PlaceOfFiles());
  if (!place.url.empty()) {
    ASSIGN_OR_RETURN(std::unique_ptr<FileSystem> files, OpenSharedFiles(place.url, clock, user));
    return std::shared_ptr<FileSystem>(std::move(files));
  }
  if (place.directory.empty()) return common::Unavailable("the master does not say where the cluster's files are");
  ASSIGN_OR_RETURN(const ClusterId cluster, DataDirectory::ReadClusterId(place.directory));
  if (cluster.ToString() != place.cluster_id) {
    return common::InvalidArgument("the directory " + place.directory + " of this machine is of another cluster");
  }
  ASSIGN_OR_RETURN(std::unique_ptr<FileSystem> files, common::LocalFileSystem::OpenRoot(place.directory + "/files"));
  return std::shared_ptr<FileSystem>(std::move(files));
}

}  // namespace cellar::tools
