#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/sim/workloads/workload.h"

namespace cellar::sim {

/// Rows that hold the same token in three families of three access groups, each written by one actor. Whoever reads
/// sees one token in all of them, and never an older one than was acknowledged before.
class TokenWorkload final : public Workload {
 public:
  using Workload::Workload;
  const char* name() const override { return "tokens"; }

 private:
  /// One row: what its one writer did, in order.
  struct Row {
    std::vector<bool> deletes;  ///< Of each write: whether it was a delete. The token is the number of the write.
    size_t acknowledged = 0;    ///< The latest write that was; those after it may or may not be there.
  };

  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> WriteRows(SimClient* client, std::string prefix);
  Task<void> ReadRows(SimClient* client);
  Task<void> ReadAll(SimClient* client, Nanos patience, bool must_succeed);
  void Check(const std::string& row, const std::vector<std::string>& tokens, size_t at_least);

  static constexpr int kWrites = 40;
  static constexpr int kReads = 30;

  SimTable table_;
  std::map<std::string, Row> rows_;
};

}  // namespace cellar::sim
