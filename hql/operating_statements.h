#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hql/name.h"

namespace cellar::hql {

// The statements about servers and their work; the rest of the syntax tree is in ast.h.

enum class CompactionType : uint8_t { kMinor, kMajor, kMerging, kGarbage };

/// Classes of ranges for COMPACT RANGES, to be or-ed.
inline constexpr uint32_t kRootRanges = 1;
inline constexpr uint32_t kMetadataRanges = 2;
inline constexpr uint32_t kSystemRanges = 4;
inline constexpr uint32_t kUserRanges = 8;
inline constexpr uint32_t kAllRanges = 15;

/// COMPACT a table, or every range of some classes.
struct Compact {
  CompactionType type = CompactionType::kMajor;
  std::optional<Name> table;
  std::optional<std::string> row;  ///< Only the range that holds it.
  uint32_t range_classes = 0;      ///< Without a table.
};

/// REBUILD [VALUE|QUALIFIER] INDICES table
struct RebuildIndices {
  Name table;
  bool value = true;
  bool qualifier = true;
};

/// One range of BALANCE and where it shall go.
struct RangeMove {
  Name table;
  std::string start_row;               ///< Behind this row; empty: from the first.
  std::optional<std::string> end_row;  ///< Up to this row; absent: to the last.
  Name from;
  Name to;
};

/// BALANCE [ALGORITHM='a'] [move {, move}] [DURATION=seconds]
struct Balance {
  std::string algorithm;             ///< "table_ranges", "load", "offload", or empty.
  std::vector<std::string> offload;  ///< The servers of "offload".
  std::vector<RangeMove> moves;
  std::optional<uint64_t> duration_seconds;
};

/// STOP server
struct StopServer {
  Name server;
};

/// SHUTDOWN [MASTER]
struct ShutDown {
  bool master = false;
};

/// SET variable=value {, variable=value}; what is absent stays as it is.
struct SetVariables {
  std::optional<bool> read_only;
};

struct ShowStatus {};

/// The scans that run on the servers.
struct ShowQueries {};

/// KILL id, as SHOW QUERIES gives it.
struct KillQuery {
  Name id;
};

/// The compactions that wait or run on the servers.
struct ShowMaintenance {};

/// Until there is none.
struct WaitForMaintenance {};

/// HELP [topic]
struct ShowHelp {
  std::string topic;  ///< Words in capitals with one blank between; empty: the overview.
};

}  // namespace cellar::hql
