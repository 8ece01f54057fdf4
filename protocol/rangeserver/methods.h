#pragma once

#include <cstdint>

namespace cellar::protocol {

/// Method numbers of a range server. A number is never used again.
enum class RangeServerMethod : uint16_t {
  kUpdate = 1,
  kMutateRow = 2,
  kCreateScanner = 3,
  kFetchScanBlock = 4,
  kDestroyScanner = 5,
  kGetRows = 6,
  kLoadRange = 7,
  kUnloadRange = 8,
  kUpdateSchema = 9,
  kCompact = 10,
  kServerStatus = 11,
  kExplainScan = 12,
  kListQueries = 13,
  kKillQuery = 14,
  kMaintenance = 15,
  kUpdateVariables = 16,
};

}  // namespace cellar::protocol
