#pragma once

#include "master/operations/operation.h"

namespace cellar::master {

/// Step 0 writes the path if it is absent.
class CreateNamespace final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count(const OperationEntity&) const override { return 1; }
  Task<Status> Run(OperationEntity operation) override;
};

}  // namespace cellar::master
