#include "master/recovery/incarnation_directories.h"

#include <string>
#include <utility>

#include "common/concurrency/run_job.h"

namespace cellar::master {
namespace {

constexpr std::string_view kServers = "servers";

Result<std::vector<model::LogRef>> List(FileSystem& files) {
  std::vector<model::LogRef> found;
  auto locations = files.List(kServers);
  if (locations.status().Is(StatusCode::kNotFound)) return found;
  if (!locations.ok()) return std::move(locations).status();
  for (const auto& location : *locations) {
    if (!location.is_directory) continue;
    ASSIGN_OR_RETURN(const auto lives, files.List(std::string(kServers) + "/" + location.name));
    for (const auto& life : lives) {
      const auto number = model::DecodeFencingNumber(life.name);
      if (!number.ok() || !life.is_directory) continue;
      found.push_back(model::LogRef{model::Location(location.name), Incarnation(*number)});
    }
  }
  return found;
}

}  // namespace

Task<Result<std::vector<model::LogRef>>> ListIncarnations(Executor& executor, FileSystem& files) {
  auto list = [&files] { return List(files); };
  co_return co_await common::RunJob(executor, JobClass::kLog, std::move(list));
}

}  // namespace cellar::master
