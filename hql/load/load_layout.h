#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "hql/load/load_options.h"
#include "hql/load/row_key_part.h"
#include "model/ids.h"
#include "model/schema.h"

namespace cellar::hql {

/// What the fields of a file's lines are, from its header and the options.
struct LoadLayout {
  /// A column of the multi-cell form.
  struct Column {
    std::string name;
    std::string family;
    std::string qualifier;
    model::FamilyId family_id;  ///< 0 without a schema.
    bool is_cell = true;        ///< False: key, timestamp, or of an unknown family that is ignored.
    bool is_unknown = false;    ///< Ignored for its family.

    Column() = default;
  };

  /// A part of the row key with the place of its column.
  struct KeyPart {
    RowKeyPart format;
    size_t field = 0;

    KeyPart() = default;
  };

  bool single_cell = false;
  size_t field_count = 0;
  std::optional<size_t> timestamp_field;

  // Single-cell form
  size_t row_field = 0;
  size_t column_field = 0;
  size_t value_field = 0;

  // Multi-cell form
  std::vector<Column> columns;
  std::vector<KeyPart> key;

  LoadLayout() = default;
};

inline constexpr size_t kMaxLoadColumns = 255;

/// Reads the header `line`, without its '#'. `schema`: null when nothing is stored (INTO FILE). Errors: public code
/// 0x60001 for a header that says nothing usable, 9 for an unknown family, 24 for too many columns.
Result<LoadLayout> LayoutFromHeader(std::string_view line, const LoadOptions& options, const model::Schema* schema);

/// Without a header, from the first line's number of fields: three are row, column, value; four have a timestamp in
/// front. 0x60001 for any other number.
Result<LoadLayout> LayoutFromFirstLine(std::string_view line, const LoadOptions& options);

/// Whether a header names the fields of the single-cell form: [revision] [timestamp] row column value.
bool IsSingleCellHeader(std::string_view line, char separator);

/// Cuts "family:qualifier" at the first ':'.
std::pair<std::string_view, std::string_view> CutColumn(std::string_view column);

}  // namespace cellar::hql
