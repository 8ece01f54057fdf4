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

/// Which files may be of the dead: file ids begin with the block that was given to their writer.
struct FileIdBlocks {
  std::map<uint32_t, model::LogRef> of_unsealed;  ///< Lives that this master has not seen the end of.
  uint32_t next = 1;                              ///< Not given out yet.

  FileIdBlocks() = default;
  bool WasGivenOut(model::FileId file) const {
    const uint32_t block = model::FileIdBlock(file);
    return block > 0 && block < next;
  }
};

/// Lists the candidates: a job. `term` is this master's. Names that Cellar does not give are left alone. A file of an
/// unsealed life is one only when that life has no directory any more: an earlier master saw its end and removed it.
Result<GarbageCandidates> ListGarbageCandidates(FileSystem& log_files, FileSystem& data_files,
                                                const FileIdBlocks& blocks, uint32_t term);

/// Removes what a GarbageEntity names: directories end with '/'. What is gone already is success.
Status RemoveGarbage(FileSystem& log_files, FileSystem& data_files, const std::vector<std::string>& paths);

}  // namespace cellar::master
