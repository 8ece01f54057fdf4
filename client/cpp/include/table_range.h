#pragma once

#include <optional>
#include <string>

namespace cellar::client {

/// A range of a table as METADATA has it: (start_row, end_row], nullopt is unbounded.
struct TableRange {
  std::optional<std::string> start_row;
  std::optional<std::string> end_row;
  std::string location;  ///< Of the range server; empty: of none now.
  std::string address;   ///< Its "host:port"; empty while it is not known.

  TableRange() = default;
};

}  // namespace cellar::client
