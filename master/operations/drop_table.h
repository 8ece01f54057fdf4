#pragma once

#include "master/operations/operation.h"

namespace cellar::master {

/// Steps: the path, from then on the table is gone; METADATA rows marked under a new epoch, so that nobody loads
/// them; unloaded; METADATA rows removed; files removed; the table's row removed. In each step the tables of its
/// indexes come last.
class DropTable final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count(const OperationEntity&) const override { return 6; }
  Task<Status> Run(OperationEntity operation) override;

 private:
  Task<Status> RunStep(uint32_t step, model::TableId table, std::string path);
};

}  // namespace cellar::master
