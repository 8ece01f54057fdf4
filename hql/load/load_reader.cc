#include "hql/load/load_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/base/check.h"
#include "common/time/datetime.h"
#include "hql/error_codes.h"
#include "hql/load/field_escape.h"
#include "model/error_codes.h"

namespace cellar::hql {

namespace {

constexpr size_t kMaxShownBytes = 64;

std::string Show(std::string_view bytes) {
  return model::QuoteBytes(bytes.substr(0, kMaxShownBytes));
}

Status BadCell(std::string message) {
  return common::InvalidArgument(std::move(message)).WithDetail(model::kBadKey);
}

/// Integer nanoseconds or a date-time.
Result<int64_t> ParseTimestamp(std::string_view text) {
  int64_t nanos = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), nanos);
  if (end != text.data() + text.size() || error != std::errc()) {
    const Result<Nanos> time = common::ParseDateTime(text);
    if (!time.ok()) return BadCell("timestamp " + Show(text) + ": neither nanoseconds nor a date and time");
    nanos = *time;
  }
  RETURN_IF_ERROR(model::CheckTimestamp(nanos));
  return nanos;
}

bool IsNull(std::string_view field) {
  return field.empty() || field == "NULL" || field == "\\N";
}

}  // namespace

LoadReader::LoadReader(ByteSource& source, const LoadOptions& options, const model::Schema* schema, Random& random)
    : options_(options), schema_(schema), random_(random), lines_(source) {}

Result<std::unique_ptr<LoadReader>> LoadReader::Open(ByteSource& source, const LoadOptions& options,
                                                     const model::Schema* schema, Random& random,
                                                     std::optional<std::string> header) {
  std::unique_ptr<LoadReader> reader(new LoadReader(source, options, schema, random));
  RETURN_IF_ERROR(reader->ReadLayout(header));
  return reader;
}

std::string_view LoadReader::WithoutCarriageReturn(std::string_view line) const {
  return options_.escaped && line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

Status LoadReader::ReadLayout(const std::optional<std::string>& header) {
  std::string_view line;
  if (header) {
    line = WithoutCarriageReturn(*header);
    if (line.starts_with('#')) line.remove_prefix(1);
    ASSIGN_OR_RETURN(layout_, LayoutFromHeader(line, options_, schema_));
    return Status();
  }
  ASSIGN_OR_RETURN(const bool has_line, lines_.Next(&line));
  if (!has_line) return common::InvalidArgument("the file is empty").WithDetail(kBadLoadFile);
  line = WithoutCarriageReturn(line);
  const bool is_header =
      line.starts_with('#') && (!options_.single_cell_format || IsSingleCellHeader(line.substr(1), options_.separator));
  if (is_header) {
    ASSIGN_OR_RETURN(layout_, LayoutFromHeader(line.substr(1), options_, schema_));
    return Status();
  }
  ASSIGN_OR_RETURN(layout_, LayoutFromFirstLine(line, options_));
  first_line_ = std::string(line);
  has_first_line_ = true;
  return Status();
}

Result<bool> LoadReader::Next(std::vector<LoadedCell>* cells) {
  cells->clear();
  while (cells->empty()) {
    std::string_view line = first_line_;
    if (!has_first_line_) {
      ASSIGN_OR_RETURN(const bool has_line, lines_.Next(&line));
      if (!has_line) return false;
    }
    has_first_line_ = false;
    const Status status = ReadLine(WithoutCarriageReturn(line), cells);
    if (!status.ok()) {
      cells->clear();
      return status.WithContext(fmt::format("line {}", lines_.line_number()));
    }
  }
  stats_.cell_count += cells->size();
  return true;
}

Status LoadReader::ReadLine(std::string_view line, std::vector<LoadedCell>* cells) {
  ++stats_.line_count;
  SplitFields(line, options_.separator, options_.escaped, &fields_);
  scratch_.clear();
  scratch_.reserve(line.size());
  const bool may_have_mark = layout_.single_cell && fields_.size() == layout_.field_count + 1;
  if (fields_.size() != layout_.field_count && !may_have_mark) {
    Skip(fmt::format("{} fields, expected {}", fields_.size(), layout_.field_count));
    return Status();
  }
  RETURN_IF_ERROR(layout_.single_cell ? ReadSingleCell(cells) : ReadMultiCells(cells));
  for (const LoadedCell& cell : *cells) RETURN_IF_ERROR(CheckCell(cell));
  return Status();
}

// ---- One cell a line

Status LoadReader::ReadSingleCell(std::vector<LoadedCell>* cells) {
  LoadedCell cell;
  ASSIGN_OR_RETURN(const bool has_timestamp, ReadTimestamp(&cell.timestamp));
  if (!has_timestamp) return Status();
  if (fields_[layout_.row_field].empty()) {
    Skip("the row is empty");
    return Status();
  }
  row_.assign(Unescaped(fields_[layout_.row_field]));
  AppendUniqueEnd();
  cell.row = row_;
  const std::string_view mark = fields_.size() > layout_.field_count ? Unescaped(fields_.back()) : std::string_view();
  if (!ReadColumn(mark, &cell)) return Status();
  if (schema_ != nullptr && cell.flag != model::KeyFlag::kDeleteRow) {
    const model::ColumnFamily* family = schema_->FindFamily(cell.family);
    if (family == nullptr && options_.ignore_unknown_families) {
      ++stats_.unknown_family_cell_count;
      return Status();
    }
    if (family == nullptr) return BadCell("the table has no column family " + Show(cell.family));
    cell.family_id = family->id;
  }
  if (cell.flag == model::KeyFlag::kInsert) cell.value = Unescaped(fields_[layout_.value_field]);
  cells->push_back(cell);
  return Status();
}

/// Family, qualifier and flag. False: skipped.
bool LoadReader::ReadColumn(std::string_view mark, LoadedCell* cell) {
  const std::string_view column = Unescaped(fields_[layout_.column_field]);
  if (column.empty()) {  // row deletes are exported with their mark in place of the value
    const std::string_view row_mark = mark.empty() ? Unescaped(fields_[layout_.value_field]) : mark;
    if (row_mark != "DELETE ROW" && row_mark != "DELETE_ROW" && row_mark != "DELETE") {
      Skip("the column is empty");
      return false;
    }
    cell->flag = model::KeyFlag::kDeleteRow;
    return true;
  }
  const auto [family, qualifier] = CutColumn(column);
  cell->family = family;
  cell->qualifier = qualifier;
  if (fields_.size() == layout_.field_count) return true;
  return ApplyDeleteMark(mark, /*has_qualifier=*/family.size() < column.size(), cell);
}

bool LoadReader::ApplyDeleteMark(std::string_view mark, bool has_qualifier, LoadedCell* cell) {
  using model::KeyFlag;
  if (mark == "DELETE") {
    cell->flag = has_qualifier ? KeyFlag::kDeleteCell : KeyFlag::kDeleteFamily;
  } else if (mark == "DELETE_ROW" || mark == "DELETE ROW") {
    cell->flag = KeyFlag::kDeleteRow;
  } else if (mark == "DELETE_COLUMN_FAMILY" || mark == "DELETE COLUMN FAMILY") {
    cell->flag = KeyFlag::kDeleteFamily;
  } else if (mark == "DELETE_CELL" || mark == "DELETE CELL") {
    cell->flag = KeyFlag::kDeleteCell;
  } else if (mark == "DELETE_CELL_VERSION" || mark == "DELETE CELL VERSION") {
    cell->flag = KeyFlag::kDeleteVersion;
    if (cell->timestamp == model::kAutomaticTimestamp) {
      Skip("DELETE_CELL_VERSION without a timestamp");
      return false;
    }
  } else {
    Skip(fmt::format("{} fields, expected {} or a kind of delete as the last", fields_.size(), layout_.field_count));
    return false;
  }
  if (cell->flag == KeyFlag::kDeleteRow) cell->family = {};
  if (cell->flag == KeyFlag::kDeleteRow || cell->flag == KeyFlag::kDeleteFamily) cell->qualifier = {};
  return true;
}

// ---- One row a line

Status LoadReader::ReadMultiCells(std::vector<LoadedCell>* cells) {
  LoadedCell cell;
  ASSIGN_OR_RETURN(const bool has_timestamp, ReadTimestamp(&cell.timestamp));
  if (!has_timestamp) return Status();
  ASSIGN_OR_RETURN(const bool has_row, MakeRow());
  if (!has_row) return Status();
  cell.row = row_;
  for (size_t i = 0; i < layout_.columns.size(); ++i) {
    const LoadLayout::Column& column = layout_.columns[i];
    if (IsNull(fields_[i])) continue;
    if (column.is_unknown) ++stats_.unknown_family_cell_count;
    if (!column.is_cell) continue;
    cell.family = column.family;
    cell.family_id = column.family_id;
    cell.qualifier = column.qualifier;
    cell.value = Unescaped(fields_[i]);
    cells->push_back(cell);
  }
  return Status();
}

/// False: skipped.
Result<bool> LoadReader::MakeRow() {
  row_.clear();
  for (const LoadLayout::KeyPart& part : layout_.key) {
    const std::string_view field = fields_[part.field];
    if (IsNull(field)) {
      Skip("the row key column '" + part.format.column + "' is empty");
      return false;
    }
    if (!row_.empty()) row_.push_back(' ');
    if (row_.size() > model::kMaxRowBytes) break;  // CheckCell refuses it
    part.format.Append(DecodedKeyField(field), &row_);
  }
  AppendUniqueEnd();
  return true;
}

void LoadReader::AppendUniqueEnd() {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (options_.row_uniquify_chars == 0) return;
  row_.push_back(' ');
  for (uint32_t i = 0; i < options_.row_uniquify_chars; ++i)
    row_.push_back(kAlphabet[random_.Uniform(kAlphabet.size())]);
}

// ---- Fields

Result<bool> LoadReader::ReadTimestamp(int64_t* timestamp) {
  if (!layout_.timestamp_field) return true;
  const std::string_view field = fields_[*layout_.timestamp_field];
  if (IsNull(field)) {
    Skip("the timestamp is empty");
    return false;
  }
  ASSIGN_OR_RETURN(*timestamp, ParseTimestamp(DecodedKeyField(field)));
  return true;
}

std::string_view LoadReader::Unescaped(std::string_view field) {
  if (!options_.escaped || field.find('\\') == std::string_view::npos) return field;
  CHECK(scratch_.capacity() - scratch_.size() >= field.size());
  const size_t begin = scratch_.size();
  AppendUnescapedField(field, options_.separator, &scratch_);
  return std::string_view(scratch_).substr(begin);
}

std::string_view LoadReader::DecodedKeyField(std::string_view field) {
  if (!options_.escaped || field.find('\\') == std::string_view::npos) return field;
  key_field_.clear();
  AppendUnescapedField(field, options_.separator, &key_field_);
  return key_field_;
}

Status LoadReader::CheckCell(const LoadedCell& cell) const {
  RETURN_IF_ERROR(model::CheckRow(cell.row));
  if (cell.flag != model::KeyFlag::kDeleteRow && cell.family.empty()) return BadCell("the column has no family");
  RETURN_IF_ERROR(model::CheckQualifier(cell.qualifier));
  return model::CheckValue(cell.value);
}

void LoadReader::Skip(std::string_view reason) {
  ++stats_.skipped_line_count;
  if (stats_.skip_reasons.size() < kMaxSkipReasons) {
    stats_.skip_reasons.push_back(fmt::format("line {}: {}", lines_.line_number(), reason));
  }
}

}  // namespace cellar::hql
