#pragma once

#include <vector>

#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/file/file_system.h"
#include "model/metadata_row.h"

namespace cellar::master {

/// Every incarnation that has a directory below `servers/`, by location and age. Directories with other names are left
/// alone. A job.
Result<std::vector<model::LogRef>> ListIncarnationDirectories(FileSystem& files);

/// The same as a job of its own. Borrows both; the files outlive the job.
Task<Result<std::vector<model::LogRef>>> ListIncarnations(Executor& executor, FileSystem& files);

}  // namespace cellar::master
