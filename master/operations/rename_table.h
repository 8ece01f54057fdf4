#pragma once

#include "master/operations/operation.h"

namespace cellar::master {

/// Steps: the new path; the old path is removed; the table's row gets the new path. The ranges know nothing of it. Of
/// those who look meanwhile some find the table under both names, none under neither. The tables of its indexes, which
/// nobody but a curious reader finds by their names, go along.
class RenameTable final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count(const OperationEntity&) const override { return 3; }
  Task<Status> Run(OperationEntity operation) override;

 private:
  Task<Status> CheckNewPath(std::string path);
  Task<Status> RunStep(uint32_t step, model::TableId table, std::string path, std::string new_path);
};

}  // namespace cellar::master
