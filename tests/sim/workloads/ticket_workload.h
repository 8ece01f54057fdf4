#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/workloads/workload.h"

namespace cellar::sim {

/// Many draw tickets from a few rolls: increments of a counter by one that return its value, some on conditions, each
/// with a stub that is set and a claim that is deleted in the same row. Nobody gets the number of somebody else, later
/// ones get higher ones, and every number that nobody got was drawn by somebody who was not answered.
class TicketWorkload final : public Workload {
 public:
  using Workload::Workload;
  const char* name() const override { return "tickets"; }

 private:
  struct Drawn {
    int64_t number = 0;
    int64_t invoked_at = 0;
    int64_t returned_at = 0;
  };
  struct Roll {
    std::vector<Drawn> drawn;
    std::vector<int64_t> unanswered;  ///< When they were asked for.
    int64_t last_seen = 0;
  };

  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> Act(SimClient* client);
  Task<void> Draw(SimClient* client, size_t which);
  Task<void> CheckRow(SimClient* client, size_t which);
  void NoteRefusal(size_t which, const client::RowMutationOutcome& outcome, const std::string& expected,
                   int64_t invoked_at);
  void CheckOrder(size_t which);
  void CheckGaps(size_t which, int64_t last);
  static std::string RowOf(size_t which) { return "roll" + std::to_string(which); }

  static constexpr size_t kRolls = 2;
  static constexpr int kDrawsPerActor = 35;

  SimTable table_;
  Roll rolls_[kRolls];
};

}  // namespace cellar::sim
