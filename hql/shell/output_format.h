#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cellar::hql {

/// What cells look like on standard output.
enum class OutputFormat : uint8_t {
  kTable = 0,     ///< Columns side by side, for people.
  kTsv = 1,       ///< A line a cell, as LOAD DATA INFILE reads it, without a header.
  kCsv = 2,       ///< RFC 4180 with a header; the bytes as they are.
  kJson = 3,      ///< An object a line.
  kVertical = 4,  ///< A line a field, for people.
};

inline constexpr std::string_view kOutputFormatNames[] = {"table", "tsv", "csv", "json", "vertical"};

/// Names in any case. Nothing for any other.
std::optional<OutputFormat> ParseOutputFormat(std::string_view name);

inline std::string_view OutputFormatName(OutputFormat format) {
  return kOutputFormatNames[static_cast<size_t>(format)];
}

}  // namespace cellar::hql
