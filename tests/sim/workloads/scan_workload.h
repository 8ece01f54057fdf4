#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/cpp/scan_stream.h"
#include "tests/sim/workloads/workload.h"

namespace cellar::sim {

/// Slow readers of a table that is rewritten meanwhile, block after block with pauses: each scan gives every row once,
/// in order, in one version, which is none older than was acknowledged when it began. And a range is read at one
/// server: once METADATA gives it to another, the one before answers nothing that it is asked from then on.
class ScanWorkload final : public Workload {
 public:
  using Workload::Workload;
  const char* name() const override { return "scans"; }

 private:
  struct Row {
    size_t acknowledged = 0;  ///< The latest version that was; 0: none.
    size_t asked = 0;         ///< Versions up to it were written, or may be.
  };
  /// What one scan gave.
  struct Seen {
    std::vector<size_t> at_least;  ///< By row: what was acknowledged when it began.
    std::vector<model::Cell> cells;
  };

  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> Write(SimClient* client, size_t first, size_t step);
  Task<void> Read(SimClient* client);
  Task<void> ReadAll(SimClient* client, Nanos patience, bool is_last);
  Task<std::optional<client::RangeLocation>> Owner(SimClient* client);
  Task<void> AwaitSuccessor(SimClient* client, Epoch before);
  void Check(const Seen& seen);
  static std::string RowOf(size_t which);

  static constexpr size_t kRows = 24;
  static constexpr size_t kWriters = 2;
  static constexpr int kWrites = 30;
  static constexpr int kScans = 7;
  static constexpr int32_t kBlockBytes = 1 << 10;

  SimTable table_;
  Row rows_[kRows];
};

}  // namespace cellar::sim
