#pragma once

#include "master/operations/operation.h"

namespace cellar::master {

/// Steps: the table's row with its schema, its METADATA row, the load, the path: from then on it exists.
class CreateTable final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count() const override { return 4; }
  Task<Status> Run(OperationEntity operation) override;

 private:
  Task<Status> AddRange(model::TableId table);
  Task<Status> LoadRange(OperationEntity operation);
};

}  // namespace cellar::master
