#pragma once

#include <cstdint>
#include <string>

#include "tools/check/finding.h"

namespace cellar::check {

/// What a check went through.
struct CheckCounts {
  uint64_t tables = 0;
  uint64_t ranges = 0;  ///< With the root range.
  uint64_t stores = 0;
  uint64_t store_bytes = 0;
  uint64_t cells = 0;  ///< In stores.
  uint64_t logs = 0;
  uint64_t log_bytes = 0;        ///< Cells in logs.
  uint64_t dropped_files = 0;    ///< Named by a manifest only until their grace time is over.
  uint64_t files_under_way = 0;  ///< Being written by a compaction.
  uint64_t passes = 0;           ///< How often everything was read until it stood still.

  CheckCounts() = default;
};

struct CheckReport {
  Findings findings;  ///< Errors first, then by subject and file.
  CheckCounts counts;

  CheckReport() = default;
  bool clean() const { return findings.empty(); }
};

/// For people: one paragraph a finding, then the counts.
std::string ReportAsText(const CheckReport& report);
/// For programs: one JSON object.
std::string ReportAsJson(const CheckReport& report);

}  // namespace cellar::check
