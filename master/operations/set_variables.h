#pragma once

#include "master/operations/operation.h"

namespace cellar::master {

/// SET: what holds for the whole cluster. Steps: the record in the master's log; the word to every ready range server.
/// Any other hears of it with the first order to load a range, before which it serves nothing.
class SetVariables final : public Operation {
 public:
  using Operation::Operation;

  Task<Result<bool>> Check(OperationEntity* operation) override;
  uint32_t step_count(const OperationEntity&) const override { return 2; }
  Task<Status> Run(OperationEntity operation) override;

 private:
  Task<Status> TellServers();
};

}  // namespace cellar::master
