#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/fencing.h"
#include "common/base/result.h"
#include "model/cell.h"
#include "model/file_names.h"
#include "model/ids.h"

namespace cellar::model {

// Rows of METADATA as values: how a range's row is named and what its cells mean (docs/internals/roles.md).

/// One range: (start_row, end_row] of a table; an absent bound is unbounded.
struct RangeKey {
  TableId table;
  std::optional<std::string> start_row;
  std::optional<std::string> end_row;

  RangeKey() = default;
  RangeKey(TableId table_in, std::optional<std::string> start_row_in, std::optional<std::string> end_row_in);

  bool Contains(std::string_view row) const;
  std::string ToString() const;  ///< 1/7("a".."m"], 1/7(..]; bytes that do not print are escaped.

  friend bool operator==(const RangeKey&, const RangeKey&) = default;
};

/// The root range: METADATA's rows for METADATA's own ranges. Its own row is in the root metalog.
RangeKey RootRange();

/// Name of the METADATA row of the range that ends at `end_row`: "1/7:m", or "1/7;" for the last range.
std::string MetadataRowName(TableId table, const std::optional<std::string>& end_row);

/// The least METADATA row name whose range could hold `row`: scan from here to the first row of the same table.
std::string MetadataSearchKey(TableId table, std::string_view row);

/// Table and end row of a METADATA row name. kCorruption when it is none.
Status ParseMetadataRowName(std::string_view name, TableId* table, std::optional<std::string>* end_row);

enum class RangeState : uint8_t {
  kGranted,   ///< The location may load it.
  kServing,   ///< The location serves it.
  kDropping,  ///< Its table is being dropped.
};

std::string_view RangeStateName(RangeState state);

/// An incarnation whose commit log must be replayed into a range: "rs1/1.2".
struct LogRef {
  Location location;
  Incarnation incarnation;

  std::string ToString() const;
  static Result<LogRef> Parse(std::string_view text);
  /// Directory of the incarnation's commit logs: "servers/rs1/0000000001.0000000002/log".
  std::string Directory() const;

  friend bool operator==(const LogRef&, const LogRef&) = default;
};

/// What a range's METADATA row says.
struct RangeRecord {
  RangeKey range;
  Location location;        ///< Empty: unassigned.
  Incarnation incarnation;  ///< That it was granted to.
  Epoch epoch;
  RangeState state = RangeState::kGranted;
  std::vector<LogRef> log_refs;  ///< Oldest first.
  std::string manifest;          ///< Encoded; empty: the range has no manifest yet.

  RangeRecord() = default;
  friend bool operator==(const RangeRecord&, const RangeRecord&) = default;
};

// Values of single columns, to write and to name in conditions.
std::string EncodeStartRow(const std::optional<std::string>& start_row);
std::string EncodeFencingNumber(const FencingNumber& number);
std::string EncodeLogRefs(const std::vector<LogRef>& refs);
Result<std::optional<std::string>> DecodeStartRow(std::string_view value);
Result<FencingNumber> DecodeFencingNumber(std::string_view value);
Result<std::vector<LogRef>> DecodeLogRefs(std::string_view value);
Result<RangeState> DecodeRangeState(std::string_view value);

/// All columns of `record` as cells of its row with automatic timestamps; empty manifest and log references are left
/// out.
std::vector<Cell> EncodeRangeRecord(const RangeRecord& record);

/// From the newest cell of each column of one row, in any order. kCorruption naming the row and column.
Result<RangeRecord> DecodeRangeRecord(std::string_view row_name, const std::vector<Cell>& cells);

/// The same for the cells of consecutive rows, as a scan gives them.
Result<std::vector<RangeRecord>> DecodeRangeRecords(const std::vector<Cell>& cells);

}  // namespace cellar::model
