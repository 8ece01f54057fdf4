#pragma once

#include "master/operations/operation.h"

namespace cellar::master {

/// Steps: the schema under its generation; the word to the servers that serve the table.
class AlterTable final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count() const override { return 2; }
  Task<Status> Run(OperationEntity operation) override;

 private:
  Task<Status> TellServers(OperationEntity operation);
};

}  // namespace cellar::master
