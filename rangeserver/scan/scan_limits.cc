#include "rangeserver/scan/scan_limits.h"

namespace cellar::rangeserver {

ScanLimits::ScanLimits(const model::ScanSpec& spec)
    : row_limit_(spec.row_limit),
      row_offset_(spec.row_offset),
      cell_limit_(spec.cell_limit),
      cell_offset_(spec.cell_offset),
      per_family_(spec.cell_limit_per_family) {}

void ScanLimits::Start(const Counts& counts) {
  counts_ = counts;
  row_is_counted_ = false;
  family_cells_.fill(0);
}

bool ScanLimits::StartRow() {
  row_is_counted_ = false;
  if (per_family_ > 0) family_cells_.fill(0);
  return !reached();
}

ScanLimits::Verdict ScanLimits::Take(model::FamilyId family) {
  if (per_family_ > 0 && ++family_cells_[family.get()] > per_family_) return Verdict::kSkip;
  if (!row_is_counted_) {
    row_is_counted_ = true;
    ++counts_.rows;
  }
  if (counts_.rows <= row_offset_) return Verdict::kSkip;
  if (row_limit_ > 0 && counts_.rows - row_offset_ > row_limit_) return Verdict::kEnough;
  if (cell_limit_ > 0 && counts_.cells >= cell_offset_ + cell_limit_) return Verdict::kEnough;
  ++counts_.cells;
  return counts_.cells <= cell_offset_ ? Verdict::kSkip : Verdict::kGive;
}

}  // namespace cellar::rangeserver
