#include "hql/load/load_layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "hql/error_codes.h"
#include "hql/load/field_escape.h"
#include "model/error_codes.h"

namespace cellar::hql {

namespace {

Status BadHeader(std::string message) {
  return common::InvalidArgument("header: " + std::move(message)).WithDetail(kBadLoadFile);
}

std::vector<std::string> HeaderNames(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  SplitFields(line, separator, /*escaped=*/true, &fields);
  std::vector<std::string> names;
  for (const std::string_view field : fields) {
    const size_t begin = std::min(field.find_first_not_of(' '), field.size());
    const size_t end = field.find_last_not_of(' ') + 1;
    names.emplace_back();
    AppendUnescapedField(field.substr(begin, std::max(begin, end) - begin), separator, &names.back());
  }
  return names;
}

/// Places of the single-cell form's fields; nothing when the names are others.
std::optional<LoadLayout> SingleCellLayout(const std::vector<std::string>& names) {
  LoadLayout layout;
  layout.single_cell = true;
  size_t at = 0;
  if (at < names.size() && names[at] == "revision") ++at;
  if (at < names.size() && names[at] == "timestamp") layout.timestamp_field = at++;
  if (names.size() != at + 3) return std::nullopt;
  const bool named = (names[at] == "row" || names[at] == "rowkey") &&
                     (names[at + 1] == "column" || names[at + 1] == "columnkey") && names[at + 2] == "value";
  if (!named) return std::nullopt;
  layout.row_field = at;
  layout.column_field = at + 1;
  layout.value_field = at + 2;
  layout.field_count = names.size();
  return layout;
}

std::optional<size_t> Find(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<size_t>(found - names.begin());
}

Status FindKey(const std::vector<std::string>& names, const LoadOptions& options, LoadLayout* layout) {
  if (options.row_key_columns.empty()) {
    LoadLayout::KeyPart first;
    first.format.column = names[0];
    layout->key.push_back(std::move(first));
  }
  for (const std::string& text : options.row_key_columns) {
    LoadLayout::KeyPart part;
    ASSIGN_OR_RETURN(part.format, RowKeyPart::Parse(text));
    const std::optional<size_t> field = Find(names, part.format.column);
    if (!field) return BadHeader("has no column '" + part.format.column + "', which ROW_KEY_COLUMN names");
    part.field = *field;
    layout->key.push_back(std::move(part));
  }
  return Status();
}

Status ResolveFamily(const LoadOptions& options, const model::Schema* schema, LoadLayout::Column* column) {
  if (schema == nullptr) return Status();
  const model::ColumnFamily* family = schema->FindFamily(column->family);
  if (family != nullptr) {
    column->family_id = family->id;
    return Status();
  }
  if (!options.ignore_unknown_families) {
    return common::InvalidArgument(
               fmt::format("header: column '{}': the table has no column family '{}'", column->name, column->family))
        .WithDetail(model::kBadKey);
  }
  column->is_cell = false;
  column->is_unknown = true;
  return Status();
}

Status MakeColumns(const std::vector<std::string>& names, const LoadOptions& options, const model::Schema* schema,
                   LoadLayout* layout) {
  for (size_t i = 0; i < names.size(); ++i) {
    LoadLayout::Column column;
    column.name = names[i];
    const auto [family, qualifier] = CutColumn(column.name);
    column.family = std::string(family);
    column.qualifier = std::string(qualifier);
    const bool is_key = std::any_of(layout->key.begin(), layout->key.end(),
                                    [i](const LoadLayout::KeyPart& part) { return part.field == i; });
    column.is_cell = layout->timestamp_field != i && (!is_key || options.duplicate_key_columns);
    if (column.is_cell) {
      if (column.family.empty()) return BadHeader(fmt::format("column {} has no name", i + 1));
      RETURN_IF_ERROR(ResolveFamily(options, schema, &column));
    }
    layout->columns.push_back(std::move(column));
  }
  const bool has_cells =
      std::any_of(layout->columns.begin(), layout->columns.end(),
                  [](const LoadLayout::Column& column) { return column.is_cell || column.is_unknown; });
  return has_cells ? Status() : BadHeader("names no column to load besides the row");
}

}  // namespace

std::pair<std::string_view, std::string_view> CutColumn(std::string_view column) {
  const size_t colon = column.find(':');
  if (colon == std::string_view::npos) return {column, {}};
  return {column.substr(0, colon), column.substr(colon + 1)};
}

bool IsSingleCellHeader(std::string_view line, char separator) {
  return SingleCellLayout(HeaderNames(line, separator)).has_value();
}

Result<LoadLayout> LayoutFromHeader(std::string_view line, const LoadOptions& options, const model::Schema* schema) {
  const std::vector<std::string> names = HeaderNames(line, options.separator);
  if (options.row_key_columns.empty() && options.timestamp_column.empty()) {
    if (std::optional<LoadLayout> single = SingleCellLayout(names)) return *std::move(single);
  }
  if (names.size() < 2) return BadHeader("names fewer than two columns; is the separator right?");
  if (names.size() > kMaxLoadColumns) {
    return common::InvalidArgument(fmt::format("header: {} columns; at most {}", names.size(), kMaxLoadColumns))
        .WithDetail(model::kTooManyColumns);
  }
  LoadLayout layout;
  layout.field_count = names.size();
  if (!options.timestamp_column.empty()) {
    layout.timestamp_field = Find(names, options.timestamp_column);
    if (!layout.timestamp_field) {
      return BadHeader("has no column '" + options.timestamp_column + "', which TIMESTAMP_COLUMN names");
    }
  }
  RETURN_IF_ERROR(FindKey(names, options, &layout));
  RETURN_IF_ERROR(MakeColumns(names, options, schema, &layout));
  return layout;
}

Result<LoadLayout> LayoutFromFirstLine(std::string_view line, const LoadOptions& options) {
  std::vector<std::string_view> fields;
  SplitFields(line, options.separator, options.escaped, &fields);
  LoadLayout layout;
  layout.single_cell = true;
  layout.field_count = fields.size();
  if (fields.size() == 4) {
    layout.timestamp_field = 0;
  } else if (fields.size() != 3) {
    return common::InvalidArgument(
               fmt::format("line 1 is no header (it does not begin with '#') and has {} fields; without a header lines "
                           "are row, column, value or timestamp, row, column, value",
                           fields.size()))
        .WithDetail(kBadLoadFile);
  }
  layout.row_field = fields.size() - 3;
  layout.column_field = layout.row_field + 1;
  layout.value_field = layout.row_field + 2;
  return layout;
}

}  // namespace cellar::hql
