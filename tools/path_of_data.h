#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/file/file_system.h"

namespace cellar::tools {

/// A file or directory within a data directory, opened for reading only: nothing is locked, so it may be looked at
/// while a server runs.
struct PathOfData {
  std::unique_ptr<FileSystem> files;
  std::string path;  ///< Below the data directory.
};

/// `path` as a user gives it: relative to `data_dir`, or with `data_dir` before it. kNotFound.
Result<PathOfData> OpenPathOfData(const std::string& data_dir, const std::string& path);

/// Prints `status` to standard error, if it is not OK; returns the exit status.
int ExitStatusOf(const Status& status);

}  // namespace cellar::tools
