#pragma once

#include "master/operations/operation.h"

namespace cellar::master {

/// Steps: the path, from then on the table is gone; METADATA rows marked under a new epoch, so that nobody loads
/// them; unloaded; METADATA rows removed; files removed; the table's row removed.
class DropTable final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count() const override { return 6; }
  Task<Status> Run(OperationEntity operation) override;

 private:
  Task<Status> MarkRanges(model::TableId table);
  Task<Status> UnloadRanges(model::TableId table);
  Task<Status> RemoveRanges(model::TableId table);
  Task<Status> RemoveFiles(model::TableId table);
};

}  // namespace cellar::master
