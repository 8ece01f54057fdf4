#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/workloads/workload.h"

namespace cellar::sim {

/// Many rows, each written once, some deleted later by every kind of marker, with compactions of every kind in between:
/// what was acknowledged is there, and what was deleted never comes back.
class DeleteWorkload final : public Workload {
 public:
  using Workload::Workload;
  const char* name() const override { return "deletes"; }

 private:
  enum class State : uint8_t { kUnknown, kPresent, kDeleted };

  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> WriteAndDelete(SimClient* client, std::string prefix);
  Task<void> DeleteSome(SimClient* client, SimWriter* writer, std::vector<std::string> rows);
  Task<void> Watch(SimClient* client);
  Task<void> Look(SimClient* client, Nanos patience, bool must_succeed);
  std::vector<model::Cell> MarkersFor(const std::string& row);

  static constexpr int kBatches = 18;
  static constexpr int kLooks = 25;
  static constexpr uint64_t kRowsPerBatch = 6;
  static constexpr int64_t kTimestamp = 1000;  ///< Of every cell, explicit, so that version markers can name it.

  SimTable table_;
  std::map<std::string, State> rows_;  ///< A row with unfinished business is kUnknown.
};

}  // namespace cellar::sim
