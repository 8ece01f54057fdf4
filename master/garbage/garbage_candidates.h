#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/file/file_system.h"
#include "model/file_names.h"
#include "model/ids.h"
#include "model/metadata_row.h"

namespace cellar::master {

/// What may be garbage: whatever lies there and is no living server's. Fixed before anybody looks who refers to it
/// (protocols.md B10), so that nothing which comes later is ever among it.
struct GarbageCandidates {
  std::vector<model::LogRef> incarnations;                      ///< All that have a directory.
  std::vector<Incarnation> root_owners;                         ///< With a directory below `root/`.
  std::vector<std::string> master_files;                        ///< Logs and claims of terms before this one.
  std::map<model::TableId, std::vector<model::FileId>> stores;  ///< By directory of a table, also an empty one.

  GarbageCandidates() = default;
};

/// File id blocks whose writers are dead: those given out but for the protected ones.
struct DeadBlocks {
  std::set<uint32_t> is_protected;
  uint32_t next = 1;  ///< Not given out yet.

  DeadBlocks() = default;
  bool Hold(model::FileId file) const {
    const uint32_t block = model::FileIdBlock(file);
    return block > 0 && block < next && !is_protected.contains(block);
  }
};

/// Lists the candidates: a job. `term` is this master's. Names that Cellar does not give are left alone.
Result<GarbageCandidates> ListGarbageCandidates(FileSystem& log_files, FileSystem& data_files,
                                                const DeadBlocks& dead_blocks, uint32_t term);

/// Removes what a GarbageEntity names: directories end with '/'. What is gone already is success.
Status RemoveGarbage(FileSystem& log_files, FileSystem& data_files, const std::vector<std::string>& paths);

}  // namespace cellar::master
