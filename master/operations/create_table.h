#pragma once

#include "master/operations/operation.h"

namespace cellar::master {

/// Steps: the table's row with its schema, its METADATA row, the load, the path: from then on it exists. In each step
/// the tables of its indexes come first.
class CreateTable final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count(const OperationEntity&) const override { return 4; }
  Task<Status> Run(OperationEntity operation) override;

 private:
  Task<Status> RunStep(uint32_t step, model::TableId table, std::string path, std::string schema);
};

}  // namespace cellar::master
