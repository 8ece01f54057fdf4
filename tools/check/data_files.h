#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/file/file_system.h"
#include "model/file_names.h"
#include "model/ids.h"
#include "model/metadata_row.h"
#include "tools/check/finding.h"

namespace cellar::check {

/// What lies in the file systems of a cluster, by the names in docs/internals/roles.md.
struct DataFiles {
  std::map<model::TableId, std::set<model::FileId>> stores;  ///< By the directories of tables, also empty ones.
  std::set<std::string> incarnations;                        ///< "servers/rs1/0000000001.0000000002"
  std::set<std::string> root_logs;                           ///< "root/0000000001.0000000002"
  std::set<std::string> master_files;                        ///< "master/log-0000000001", "master/term-0000000001"
  Findings findings;                                         ///< Other names, and directories that do not list.

  DataFiles() = default;
};

/// `log_files` and `data_files` may be the same.
Result<DataFiles> ListDataFiles(const FileSystem& log_files, const FileSystem& data_files);

}  // namespace cellar::check
