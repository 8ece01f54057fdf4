#include "master/recovery/incarnation_directories.h"

#include <string>
#include <utility>

#include "common/concurrency/run_job.h"

namespace cellar::master {

Result<std::vector<model::LogRef>> ListIncarnationDirectories(FileSystem& files) {
  const std::string top(model::kServersDirectory);
  std::vector<model::LogRef> found;
  auto locations = files.List(top);
  if (locations.status().Is(StatusCode::kNotFound)) return found;
  if (!locations.ok()) return std::move(locations).status();
  for (const auto& location : *locations) {
    if (!location.is_directory) continue;
    ASSIGN_OR_RETURN(const auto lives, files.List(top + "/" + location.name));
    for (const auto& life : lives) {
      const auto incarnation = model::ParseIncarnationName(life.name);
      if (!incarnation || !life.is_directory) continue;
      found.push_back(model::LogRef{model::Location(location.name), *incarnation});
    }
  }
  return found;
}

Task<Result<std::vector<model::LogRef>>> ListIncarnations(Executor& executor, FileSystem& files) {
  auto list = [&files] { return ListIncarnationDirectories(files); };
  co_return co_await common::RunJob(executor, JobClass::kLog, std::move(list));
}

}  // namespace cellar::master
