#include "model/metadata_row.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "model/system_schemas.h"

namespace cellar::model {
namespace {

constexpr char kUnboundedStart = '-';
constexpr char kBoundedStart = '=';
constexpr char kBeforeEndRow = ':';
constexpr char kLastRange = ';';
static_assert(kLastRange == kBeforeEndRow + 1, "a table's last range sorts behind all its others");

constexpr std::array<std::string_view, 3> kStateNames = {"granted", "serving", "dropping"};

template <typename T>
bool ParseNumber(std::string_view text, T* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

Status BadValue(std::string_view column, std::string_view value) {
  return common::Corruption(fmt::format("METADATA column {} has the value {}", column, QuoteBytes(value)));
}

Cell ColumnCell(const std::string& row, FamilyId family, std::string value) {
  return Cell(row, family, "", KeyFlag::kInsert, kAutomaticTimestamp, Revision(), std::move(value));
}

Status DecodeColumn(const Cell& cell, RangeRecord* record) {
  if (cell.family == metadata_family::kStartRow) {
    ASSIGN_OR_RETURN(record->range.start_row, DecodeStartRow(cell.value));
  } else if (cell.family == metadata_family::kLocation) {
    record->location = Location(cell.value);
  } else if (cell.family == metadata_family::kIncarnation) {
    ASSIGN_OR_RETURN(const FencingNumber number, DecodeFencingNumber(cell.value));
    record->incarnation = Incarnation(number);
  } else if (cell.family == metadata_family::kEpoch) {
    ASSIGN_OR_RETURN(const FencingNumber number, DecodeFencingNumber(cell.value));
    record->epoch = Epoch(number);
  } else if (cell.family == metadata_family::kState) {
    ASSIGN_OR_RETURN(record->state, DecodeRangeState(cell.value));
  } else if (cell.family == metadata_family::kLogRefs) {
    ASSIGN_OR_RETURN(record->log_refs, DecodeLogRefs(cell.value));
  } else if (cell.family == metadata_family::kManifest) {
    record->manifest = cell.value;
  }
  return common::OkStatus();
}

}  // namespace

RangeKey::RangeKey(TableId table_in, std::optional<std::string> start_row_in, std::optional<std::string> end_row_in)
    : table(table_in), start_row(std::move(start_row_in)), end_row(std::move(end_row_in)) {}

bool RangeKey::Contains(std::string_view row) const {
  return (!start_row || row > *start_row) && (!end_row || row <= *end_row);
}

std::string RangeKey::ToString() const {
  return fmt::format("{}({}..{}]", table.ToString(), start_row ? QuoteBytes(*start_row) : "",
                     end_row ? QuoteBytes(*end_row) : "");
}

RangeKey RootRange() {
  return RangeKey(kMetadataTable, std::nullopt, MetadataRowName(kMetadataTable, std::nullopt));
}

std::string MetadataRowName(TableId table, const std::optional<std::string>& end_row) {
  std::string name = table.ToString();
  if (!end_row) return name + kLastRange;
  return name + kBeforeEndRow + *end_row;
}

std::string MetadataSearchKey(TableId table, std::string_view row) {
  return table.ToString() + kBeforeEndRow + std::string(row);
}

Status ParseMetadataRowName(std::string_view name, TableId* table, std::optional<std::string>* end_row) {
  const size_t mark = name.find_first_of(":;");
  if (mark == std::string_view::npos || (name[mark] == kLastRange && mark + 1 != name.size())) {
    return common::Corruption("not the name of a METADATA row: " + QuoteBytes(name));
  }
  auto id = TableId::Parse(name.substr(0, mark));
  if (!id.ok()) return common::Corruption("not the name of a METADATA row: " + QuoteBytes(name));
  *table = *id;
  *end_row = name[mark] == kLastRange ? std::nullopt : std::optional<std::string>(name.substr(mark + 1));
  return common::OkStatus();
}

std::string_view RangeStateName(RangeState state) {
  return kStateNames[static_cast<size_t>(state)];
}

Result<RangeState> DecodeRangeState(std::string_view value) {
  for (size_t index = 0; index < kStateNames.size(); ++index) {
    if (kStateNames[index] == value) return static_cast<RangeState>(index);
  }
  return BadValue("State", value);
}

std::string LogRef::ToString() const {
  return location.get() + "/" + incarnation.get().ToString();
}

std::string LogRef::Directory() const {
  return IncarnationDirectory(location, incarnation) + "/log";
}

Result<LogRef> LogRef::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0) return BadValue("LogRefs", text);
  auto number = DecodeFencingNumber(text.substr(slash + 1));
  if (!number.ok()) return BadValue("LogRefs", text);
  return LogRef{Location(std::string(text.substr(0, slash))), Incarnation(*number)};
}

std::string EncodeStartRow(const std::optional<std::string>& start_row) {
  return start_row ? kBoundedStart + *start_row : std::string(1, kUnboundedStart);
}

Result<std::optional<std::string>> DecodeStartRow(std::string_view value) {
  if (value.size() == 1 && value[0] == kUnboundedStart) return std::optional<std::string>();
  if (value.empty() || value[0] != kBoundedStart) return BadValue("StartRow", value);
  return std::optional<std::string>(value.substr(1));
}

std::string EncodeFencingNumber(const FencingNumber& number) {
  return number.ToString();
}

Result<FencingNumber> DecodeFencingNumber(std::string_view value) {
  const size_t dot = value.find('.');
  FencingNumber number;
  if (dot == std::string_view::npos || !ParseNumber(value.substr(0, dot), &number.term) ||
      !ParseNumber(value.substr(dot + 1), &number.counter)) {
    return BadValue("Epoch or Incarnation", value);
  }
  return number;
}

std::string EncodeLogRefs(const std::vector<LogRef>& refs) {
  std::string text;
  for (const LogRef& ref : refs) text.append(ref.ToString()).push_back('\n');
  return text;
}

Result<std::vector<LogRef>> DecodeLogRefs(std::string_view value) {
  std::vector<LogRef> refs;
  while (!value.empty()) {
    const size_t end = value.find('\n');
    if (end == std::string_view::npos) return BadValue("LogRefs", value);
    ASSIGN_OR_RETURN(LogRef ref, LogRef::Parse(value.substr(0, end)));
    refs.push_back(std::move(ref));
    value.remove_prefix(end + 1);
  }
  return refs;
}

std::vector<Cell> EncodeRangeRecord(const RangeRecord& record) {
  const std::string row = MetadataRowName(record.range.table, record.range.end_row);
  std::vector<Cell> cells;
  cells.push_back(ColumnCell(row, metadata_family::kStartRow, EncodeStartRow(record.range.start_row)));
  cells.push_back(ColumnCell(row, metadata_family::kLocation, record.location.get()));
  cells.push_back(ColumnCell(row, metadata_family::kIncarnation, EncodeFencingNumber(record.incarnation.get())));
  cells.push_back(ColumnCell(row, metadata_family::kEpoch, EncodeFencingNumber(record.epoch.get())));
  cells.push_back(ColumnCell(row, metadata_family::kState, std::string(RangeStateName(record.state))));
  if (!record.log_refs.empty()) {
    cells.push_back(ColumnCell(row, metadata_family::kLogRefs, EncodeLogRefs(record.log_refs)));
  }
  if (!record.manifest.empty()) cells.push_back(ColumnCell(row, metadata_family::kManifest, record.manifest));
  return cells;
}

Result<RangeRecord> DecodeRangeRecord(std::string_view row_name, const std::vector<Cell>& cells) {
  RangeRecord record;
  RETURN_IF_ERROR(ParseMetadataRowName(row_name, &record.range.table, &record.range.end_row));
  bool has_start = false;
  bool has_epoch = false;
  for (const Cell& cell : cells) {
    const Status decoded = DecodeColumn(cell, &record);
    if (!decoded.ok()) return decoded.WithContext("METADATA row " + QuoteBytes(row_name));
    has_start |= cell.family == metadata_family::kStartRow;
    has_epoch |= cell.family == metadata_family::kEpoch;
  }
  if (!has_start || !has_epoch) {
    return common::Corruption(
        fmt::format("METADATA row {} has no {}", QuoteBytes(row_name), has_start ? "Epoch" : "StartRow"));
  }
  return record;
}

Result<std::vector<RangeRecord>> DecodeRangeRecords(const std::vector<Cell>& cells) {
  std::vector<RangeRecord> records;
  std::vector<Cell> row;
  for (size_t i = 0; i < cells.size(); ++i) {
    row.push_back(cells[i]);
    if (i + 1 < cells.size() && cells[i + 1].row == cells[i].row) continue;
    ASSIGN_OR_RETURN(RangeRecord record, DecodeRangeRecord(row.front().row, row));
    records.push_back(std::move(record));
    row.clear();
  }
  return records;
}

}  // namespace cellar::model
