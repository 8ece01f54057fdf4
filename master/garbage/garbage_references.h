#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "master/cluster/servers.h"
#include "master/garbage/garbage_candidates.h"
#include "model/ids.h"
#include "model/metadata_row.h"

namespace cellar::master {

/// All that the rows of a cluster refer to, from one scan.
class GarbageReferences {
 public:
  /// `rows` are METADATA's, `root` the root metalog's record, `tables` those of the catalog. An error says why nothing
  /// may be deleted on the word of this scan: it does not tile, a manifest does not read, a range has no living owner.
  static Result<GarbageReferences> FromRows(const model::RangeRecord& root, const std::vector<model::RangeRecord>& rows,
                                            const std::set<model::TableId>& tables, const Servers& servers);

  /// Paths among the candidates that nothing refers to, as a GarbageEntity names them. Tables with numbers from
  /// `next_table` on were not given out by this cluster's masters.
  std::vector<std::string> FindGarbage(const GarbageCandidates& candidates, const Servers& servers,
                                       uint32_t next_table) const;

  /// A dead server's log is among the candidates, and some range has yet to flush what it replayed from it.
  bool KeepDeadLogs(const GarbageCandidates& candidates, const Servers& servers) const;

 private:
  GarbageReferences() = default;
  Status Add(const model::RangeRecord& record, const Servers& servers);

  Incarnation root_owner_;
  std::set<std::string> incarnations_;  ///< Directories.
  std::set<model::FileId> stores_;      ///< Live and dropped.
  std::set<model::TableId> tables_;
};

}  // namespace cellar::master
