#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cellar::model {

/// Rows between two bounds, each inclusive or not, or unbounded. Unbounded is a flag, never a byte string.
struct RowInterval {
  std::string start;
  std::string end;
  bool start_unbounded = true;
  bool start_inclusive = true;
  bool end_unbounded = true;
  bool end_inclusive = true;

  RowInterval() = default;

  static RowInterval All() { return RowInterval(); }
  static RowInterval Row(std::string row);
  static RowInterval Prefix(std::string_view prefix);  ///< Rows that start with `prefix`.
  /// (start, end] as ranges have it; nullopt is unbounded.
  static RowInterval Range(std::optional<std::string> start, std::optional<std::string> end);
  static RowInterval AtLeast(std::string start, bool inclusive = true);
  static RowInterval AtMost(std::string end, bool inclusive = true);

  bool Contains(std::string_view row) const;
  bool IsSingleRow() const;
  /// No row can be inside.
  bool IsEmpty() const;
  RowInterval Intersect(const RowInterval& other) const;
  std::string ToString() const;

  friend bool operator==(const RowInterval&, const RowInterval&) = default;
};

/// The same rows as disjoint intervals in ascending order; empty ones are left out.
std::vector<RowInterval> UnionOf(std::vector<RowInterval> intervals);

/// The rows that are in both.
std::vector<RowInterval> IntersectionOf(const std::vector<RowInterval>& a, const std::vector<RowInterval>& b);

/// One end of a CellInterval. The bound is a prefix of (row, family, qualifier): inclusive takes in everything with
/// that prefix, exclusive leaves out everything with it.
struct CellBound {
  enum class Depth : uint8_t { kUnbounded = 0, kRow = 1, kFamily = 2, kColumn = 3 };

  Depth depth = Depth::kUnbounded;
  bool inclusive = true;
  std::string row;
  std::string family;  ///< Name.
  std::string qualifier;

  CellBound() = default;
  static CellBound AtRow(std::string row, bool inclusive);
  static CellBound AtFamily(std::string row, std::string family, bool inclusive);
  static CellBound AtColumn(std::string row, std::string family, std::string qualifier, bool inclusive);

  friend bool operator==(const CellBound&, const CellBound&) = default;
};

/// Cells between two bounds in the order (row, family id, qualifier).
struct CellInterval {
  CellBound start;
  CellBound end;

  CellInterval() = default;
  friend bool operator==(const CellInterval&, const CellInterval&) = default;
};

}  // namespace cellar::model
