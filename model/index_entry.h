#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/key.h"
#include "model/row_interval.h"
#include "model/scan_spec.h"
#include "model/schema.h"

namespace cellar::model {

// Rows of index tables (docs/internals/indexes.md). An entry says: "this row of the table may hold a cell with this
// value (or qualifier)". It is a hint: who finds one looks at the row.
//
//     value index      <family id>,<value> TAB <qualifier> TAB <row>
//     qualifier index  <family id>,<qualifier> TAB <row>
//     either, of what is too long for that
//                      <family id>,<beginning of the value or qualifier> LF <crc32c of the row, 8 hex digits>
//
// Value and qualifier are escaped (\n \t \0 \\), the row is as it is, and in the long form stands in the cell's
// qualifier instead.

/// The longest entry that is written in the short form.
inline constexpr size_t kMaxShortEntryBytes = 4096;
/// What the long form keeps of an escaped value or qualifier, at most.
inline constexpr size_t kLongEntryPrefixBytes = 1024;

inline constexpr FamilyId kIndexFamily{1};  ///< `v1`, the only one of an index table.

/// Where an entry is: row and qualifier of the index table's cell, which has no value.
struct IndexEntry {
  std::string row;
  std::string qualifier;  ///< Empty in the short form.

  friend auto operator<=>(const IndexEntry&, const IndexEntry&) = default;
};

/// What an entry tells.
struct IndexHint {
  FamilyId family;
  std::string row;                       ///< Of the indexed table.
  std::optional<std::string> value;      ///< Of the cell, as far as the entry tells.
  std::optional<std::string> qualifier;  ///< The same.
};

/// The entry of a cell that the index `kind` of its family covers.
IndexEntry EntryOf(IndexKind kind, const CellView& cell);

/// nullopt for what no EntryOf makes.
std::optional<IndexHint> ReadEntry(IndexKind kind, std::string_view row, std::string_view qualifier);

/// Where entries are, as parts of an index table's rows.
struct EntryPlaces {
  std::vector<RowInterval> intervals;        ///< Disjoint, ascending.
  std::optional<std::string> column_prefix;  ///< And, in the order of the rows they lead to: behind it, row by row.
};

/// The places of all cells that can make `predicate` true. A column prefix when value and qualifier are said exactly.
EntryPlaces PlacesOf(IndexKind kind, FamilyId family, const ColumnPredicate& predicate);

/// The schema of every index table: generation 1, never altered, always synced.
std::shared_ptr<const Schema> IndexTableSchema();

}  // namespace cellar::model
