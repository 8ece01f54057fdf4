#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/scan_spec.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/scan/scan.h"
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
  /// Takes the range's snapshot; `now` decides on TTL. Errors of ScanPlan::Make.
  Status Add(const LoadedRange& range, std::string row, const model::ScanSpec& spec, Nanos now);

  /// The cells of all rows, row after row as added.
  Result<RowsRead> Run() const;

 private:
  struct OfRange {
    const LoadedRange* range = nullptr;
    ScanInput input;
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
