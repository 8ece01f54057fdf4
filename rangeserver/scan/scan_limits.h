#pragma once

#include <array>
#include <cstdint>

#include "model/scan_spec.h"

namespace cellar::rangeserver {

/// How far the limits and offsets of a scan are used up: docs/internals/scan-semantics.md, section 5. A value.
class ScanLimits {
 public:
  enum class Verdict : uint8_t { kGive, kSkip, kEnough };

  /// What is kept across scanners.
  struct Counts {
    uint64_t rows = 0;   ///< With a cell left, offset included.
    uint64_t cells = 0;  ///< Of rows behind the row offset.
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  ScanLimits() = default;
  explicit ScanLimits(const model::ScanSpec& spec);

  /// Anew for another interval (kEachInOrder), or from where an earlier scanner stopped.
  void Start(const Counts& counts);

  /// The next cells are of another row. False: no cell of it can be given any more.
  bool StartRow();

  /// The verdict on the next cell that everything else lets pass. kEnough: this one is not given, and none after it.
  Verdict Take(model::FamilyId family);

  /// Nothing can be given any more.
  bool reached() const {
    return (row_limit_ > 0 && !row_is_counted_ && counts_.rows >= row_offset_ + row_limit_) ||
           (cell_limit_ > 0 && counts_.cells >= cell_offset_ + cell_limit_);
  }

  const Counts& counts() const { return counts_; }

 private:
  uint64_t row_limit_ = 0;
  uint64_t row_offset_ = 0;
  uint64_t cell_limit_ = 0;
  uint64_t cell_offset_ = 0;
  uint64_t per_family_ = 0;

  Counts counts_;
  bool row_is_counted_ = false;
  std::array<uint64_t, 256> family_cells_{};
};

}  // namespace cellar::rangeserver
