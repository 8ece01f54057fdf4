#pragma once

#include <optional>
#include <string>

#include "tests/sim/workloads/workload.h"

namespace cellar::sim {

/// One actor makes, drops, renames and alters tables under a few names: a name that was dropped is gone, one that was
/// made is there, a table made under an old name begins empty, a renamed one keeps its cell and its families.
class NamesWorkload final : public Workload {
 public:
  using Workload::Workload;
  const char* name() const override { return "names"; }

 private:
  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> Act(SimClient* client);
  Task<Result<std::vector<model::Cell>>> ReadAll(SimClient* client, SimTable table);
  Task<bool> Create(SimClient* client, size_t which);
  Task<bool> Change(SimClient* client, size_t which);
  Task<bool> Rename(SimClient* client, size_t which, size_t to);
  Task<bool> Alter(SimClient* client, size_t which);
  Task<bool> MakeAndDropNamespace(SimClient* client);
  Task<bool> LeaveWritable(SimClient* client);
  Task<bool> Drop(SimClient* client, size_t which);
  Task<bool> Look(SimClient* client, size_t which);
  static std::string PathOf(size_t which) { return "/sim/names/t" + std::to_string(which); }

  static constexpr size_t kNames = 3;
  static constexpr int kSteps = 25;

  /// What a name stands for.
  struct Named {
    bool exists = false;
    int added_families = 0;
  };
  Named names_[kNames];
};

}  // namespace cellar::sim
