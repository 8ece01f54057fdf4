#pragma once

#include <string>
#include <vector>

#include "master/cluster/master_core.h"
#include "master/cluster/range_loader.h"
#include "model/ids.h"

namespace cellar::master {

/// What happens to the ranges of a table that is made or dropped, as steps that may be repeated. Loop only. Borrows the
/// core.
class TableRanges {
 public:
  explicit TableRanges(MasterCore& core) : core_(core), loader_(core) {}

  /// The one range of a new table: its METADATA row, granted to some ready server; and the load.
  Task<Status> Add(model::TableId table);
  Task<Status> Load(model::TableId table, std::string schema);

  /// Rows marked under a new epoch, so that nobody loads the ranges; unloaded; rows removed; files removed.
  Task<Status> Mark(model::TableId table);
  Task<Status> Unload(model::TableId table);
  Task<Status> Remove(model::TableId table);
  Task<Status> RemoveFiles(model::TableId table);

  /// Tells the servers of a table its schema. With `settled` none that serves is left out, and whatever was taken under
  /// an earlier schema can be read afterwards.
  Task<Status> TellSchema(model::TableId table, std::string schema, bool settled);

 private:
  MasterCore& core_;
  RangeLoader loader_;
};

}  // namespace cellar::master
