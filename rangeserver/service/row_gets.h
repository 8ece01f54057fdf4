#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/scan_spec.h"
#include "rangeserver/range/range_snapshot.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/scan/scan_plan.h"

namespace cellar::rangeserver {

/// What small reads found.
struct RowsRead {
  std::string block;  ///< One scan block.
  uint32_t cell_count = 0;

  RowsRead() = default;
};

/// Many small reads, each of one row, gathered on the loop and run in one job. One snapshot and one plan a range.
class RowGets {
 public:
  /// Takes the range's snapshot. Errors of ScanPlan::Make.
  Status Add(const LoadedRange& range, std::string row, const model::ScanSpec& spec);

  /// The cells of all rows, row after row as added. `now` decides on TTL.
  Result<RowsRead> Run(Nanos now) const;

 private:
  struct OfRange {
    const LoadedRange* range = nullptr;
    RangeSnapshot snapshot;
    std::shared_ptr<const ScanPlan> plan;
  };
  struct Get {
    size_t range;
    std::string row;
  };

  std::vector<OfRange> ranges_;
  std::vector<Get> gets_;
};

}  // namespace cellar::rangeserver
