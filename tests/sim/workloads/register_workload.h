#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/sim/workloads/workload.h"
#include "tests/support/register_history.h"

namespace cellar::sim {

/// Reads, writes, deletes and compare-and-set of a few cells by many at once; each cell's history must be linearizable.
class RegisterWorkload final : public Workload {
 public:
  using Workload::Workload;
  const char* name() const override { return "registers"; }

 private:
  using Operation = tests::RegisterOperation;

  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> Act(SimClient* client, std::string prefix);
  Task<void> Read(SimClient* client, size_t which);
  Task<void> Write(SimWriter* writer, size_t which, std::optional<std::string> value);
  Task<void> CompareAndSet(SimClient* client, size_t which, std::string value);
  Task<Result<std::optional<std::string>>> ReadValue(SimClient* client, size_t which, Nanos patience);
  void Note(size_t which, Operation operation);
  static std::string RowOf(size_t which) { return "register" + std::to_string(which); }

  static constexpr size_t kRegisters = 4;
  static constexpr int kOperationsPerActor = 45;

  SimTable table_;
  std::vector<Operation> histories_[kRegisters];
  std::optional<std::string> last_seen_[kRegisters];  ///< For conditions that have a chance.
};

}  // namespace cellar::sim
