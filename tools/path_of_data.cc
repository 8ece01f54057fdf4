#include "tools/path_of_data.h"

#include <cstdio>
#include <utility>

#include "common/file/local_file_system.h"

namespace cellar::tools {
namespace {

constexpr int kFailed = 1;
constexpr char kFilesDirectory[] = "files";  // What the roles' file system has as its root.

}  // namespace

Result<PathOfData> OpenPathOfData(const std::string& data_dir, const std::string& path) {
  auto files = common::LocalFileSystem::OpenRoot(data_dir + "/" + kFilesDirectory);
  if (!files.ok()) return files.status().WithContext(data_dir + " is no data directory");
  std::string below = path;
  for (const std::string& prefix : {data_dir, std::string("/"), std::string(kFilesDirectory) + "/"}) {
    while (!prefix.empty() && below.rfind(prefix, 0) == 0) below.erase(0, prefix.size());
  }
  while (!below.empty() && below.back() == '/') below.pop_back();
  ASSIGN_OR_RETURN(const bool exists, (*files)->Exists(below));
  if (!exists) return common::NotFound(data_dir + ": has no " + below);
  return PathOfData{.files = std::move(*files), .path = std::move(below)};
}

int ExitStatusOf(const Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "cellar: %s\n", status.ToString().c_str());
  return kFailed;
}

}  // namespace cellar::tools
