#include "thrift/gateway/translate/scan_spec.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "model/error_codes.h"
#include "thrift/packed/error_codes.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::thrift {
namespace {

constexpr std::string_view kEndRowMarker = "\xff\xff";  // the ancestor's "end of the table"

Status Bad(std::string message) {
  return common::InvalidArgument(std::move(message)).WithDetail(model::kBadScanSpec);
}

Result<uint64_t> ToLimit(int32_t number, std::string_view name) {
  if (number < 0) return Bad(std::string(name) + " is negative");
  return static_cast<uint64_t>(number);
}

model::RowInterval ToRowInterval(const api::RowInterval& from) {
  model::RowInterval to;
  to.start = from.__isset.start_row ? from.start_row : from.start_row_binary;
  to.start_unbounded = to.start.empty();
  to.start_inclusive = from.start_inclusive;
  const bool has_end = from.__isset.end_row || from.__isset.end_row_binary;
  to.end = from.__isset.end_row ? from.end_row : from.end_row_binary;
  to.end_unbounded = !has_end || to.end == kEndRowMarker;
  if (to.end_unbounded) to.end.clear();
  to.end_inclusive = from.end_inclusive;
  return to;
}

model::CellBound ToCellBound(std::string row, std::string_view column, bool inclusive) {
  if (column.empty()) return model::CellBound::AtRow(std::move(row), inclusive);
  const size_t colon = column.find(':');
  std::string family(column.substr(0, colon));
  if (colon == std::string_view::npos) {
    return model::CellBound::AtFamily(std::move(row), std::move(family), inclusive);
  }
  return model::CellBound::AtColumn(std::move(row), std::move(family), std::string(column.substr(colon + 1)),
                                    inclusive);
}

model::CellInterval ToCellInterval(const api::CellInterval& from) {
  model::CellInterval to;
  const std::string& start_row = from.__isset.start_row ? from.start_row : from.start_row_binary;
  const std::string& start_column = from.__isset.start_column ? from.start_column : from.start_column_binary;
  const std::string& end_row = from.__isset.end_row ? from.end_row : from.end_row_binary;
  const std::string& end_column = from.__isset.end_column ? from.end_column : from.end_column_binary;
  const bool has_end = from.__isset.end_row || from.__isset.end_row_binary;
  if (!start_row.empty()) to.start = ToCellBound(start_row, start_column, from.start_inclusive);
  if (has_end && end_row != kEndRowMarker) to.end = ToCellBound(end_row, end_column, from.end_inclusive);
  return to;
}

/// Nothing of a reversed cell interval can be read, and the ancestor says so.
Status CheckOrder(const model::CellInterval& interval) {
  using Depth = model::CellBound::Depth;
  if (interval.start.depth == Depth::kUnbounded || interval.end.depth == Depth::kUnbounded) return Status();
  if (interval.start.row > interval.end.row) return Bad("a cell interval is reversed");
  if (interval.start == interval.end && !interval.start.inclusive) return Bad("a cell interval is empty");
  return Status();
}

Result<model::QualifierMatch> ToQualifierMatch(int32_t operation, const std::string& text) {
  using Kind = model::QualifierMatch::Kind;
  switch (operation & api::ColumnPredicateOperation::QUALIFIER_MATCH) {
    case 0:
      return model::QualifierMatch();
    case api::ColumnPredicateOperation::QUALIFIER_EXACT_MATCH:
      return model::QualifierMatch(Kind::kExact, text);
    case api::ColumnPredicateOperation::QUALIFIER_PREFIX_MATCH:
      return model::QualifierMatch(Kind::kPrefix, text);
    case api::ColumnPredicateOperation::QUALIFIER_REGEX_MATCH:
      return model::QualifierMatch(Kind::kRegex, text);
    default:
      return Bad("a column predicate with two operations on the qualifier");
  }
}

Result<model::ColumnPredicate> ToPredicate(const api::ColumnPredicate& from) {
  using Value = model::ColumnPredicate::Value;
  constexpr int32_t kKnown =
      api::ColumnPredicateOperation::VALUE_MATCH | api::ColumnPredicateOperation::QUALIFIER_MATCH;
  if (from.column_family.empty()) return Bad("a column predicate without column family");
  if ((from.operation & ~kKnown) != 0 || from.operation == 0) {
    return Bad("a column predicate with the operation " + std::to_string(from.operation));
  }
  const std::string& qualifier = from.__isset.column_qualifier ? from.column_qualifier : from.column_qualifier_binary;
  ASSIGN_OR_RETURN(model::QualifierMatch match, ToQualifierMatch(from.operation, qualifier));
  Value value = Value::kExists;
  switch (from.operation & api::ColumnPredicateOperation::VALUE_MATCH) {
    case 0:
      break;
    case api::ColumnPredicateOperation::EXACT_MATCH:
      value = Value::kExact;
      break;
    case api::ColumnPredicateOperation::PREFIX_MATCH:
      value = Value::kPrefix;
      break;
    case api::ColumnPredicateOperation::REGEX_MATCH:
      value = Value::kRegex;
      break;
    default:
      return Bad("a column predicate with two operations on the value");
  }
  return model::ColumnPredicate(from.column_family, std::move(match), value,
                                from.__isset.value ? from.value : from.value_binary);
}

Status AddPredicates(const std::vector<api::ColumnPredicate>& from, model::ScanSpec* to) {
  to->predicate_mode = model::PredicateMode::kPerCell;
  std::vector<model::PredicateTree> leaves;
  for (const api::ColumnPredicate& predicate : from) {
    ASSIGN_OR_RETURN(model::ColumnPredicate leaf, ToPredicate(predicate));
    leaves.emplace_back(std::move(leaf));
  }
  if (leaves.size() == 1) {
    to->predicates = std::move(leaves.front());
  } else if (!leaves.empty()) {
    to->predicates = model::PredicateTree(model::PredicateTree::Kind::kOr, std::move(leaves));
  }
  return Status();
}

Status AddLimits(const api::ScanSpec& from, model::ScanSpec* to) {
  if (from.versions < 0) return Bad("versions is negative");
  to->max_versions = static_cast<uint32_t>(from.versions);
  ASSIGN_OR_RETURN(to->row_limit, ToLimit(from.row_limit, "row_limit"));
  ASSIGN_OR_RETURN(to->row_offset, ToLimit(from.row_offset, "row_offset"));
  ASSIGN_OR_RETURN(to->cell_limit, ToLimit(from.cell_limit, "cell_limit"));
  ASSIGN_OR_RETURN(to->cell_offset, ToLimit(from.cell_offset, "cell_offset"));
  ASSIGN_OR_RETURN(to->cell_limit_per_family, ToLimit(from.cell_limit_per_family, "cell_limit_per_family"));
  if (to->row_offset != 0 && to->cell_offset != 0) return Bad("row_offset and cell_offset together");
  if (to->cell_offset != 0) to->row_limit = 0;
  return Status();
}

}  // namespace

Result<model::ColumnSelector> ToColumnSelector(std::string_view text) {
  using Kind = model::QualifierMatch::Kind;
  const size_t colon = text.find(':');
  model::ColumnSelector selector(std::string(text.substr(0, colon)));
  if (selector.family.empty()) return Bad("column " + model::QuoteBytes(text) + " has no column family");
  if (colon == std::string_view::npos) return selector;
  std::string_view rest = text.substr(colon + 1);
  if (rest == "*") return selector;
  const auto enclosed = [&rest](char c) { return rest.size() >= 2 && rest.front() == c && rest.back() == c; };
  Kind kind = Kind::kExact;
  if (enclosed('/')) {
    kind = Kind::kRegex;
    rest = rest.substr(1, rest.size() - 2);
  } else if (enclosed('"') || enclosed('\'')) {
    rest = rest.substr(1, rest.size() - 2);
  } else if (rest.starts_with('^')) {
    kind = Kind::kPrefix;
    rest.remove_prefix(1);
  }
  selector.qualifier = model::QualifierMatch(kind, std::string(rest));
  return selector;
}

Result<model::ScanSpec> ToScanSpec(const api::ScanSpec& from) {
  model::ScanSpec to;
  to.scan_and_filter_rows = from.scan_and_filter_rows;
  to.interval_mode = from.scan_and_filter_rows ? model::IntervalMode::kUnion : model::IntervalMode::kEachInOrder;
  if (from.row_intervals.size() + from.cell_intervals.size() > model::kMaxIntervals) return Bad("too many intervals");
  for (const api::RowInterval& interval : from.row_intervals) to.row_intervals.push_back(ToRowInterval(interval));
  for (const api::CellInterval& interval : from.cell_intervals) {
    to.cell_intervals.push_back(ToCellInterval(interval));
    RETURN_IF_ERROR(CheckOrder(to.cell_intervals.back()));
  }
  for (const auto* columns : {&from.columns, &from.columns_binary}) {
    for (const std::string& column : *columns) {
      ASSIGN_OR_RETURN(model::ColumnSelector selector, ToColumnSelector(column));
      to.columns.push_back(std::move(selector));
    }
  }
  if (from.__isset.start_time) to.start_time = std::max(from.start_time, model::kMinTimestamp);
  if (from.__isset.end_time) to.end_time = std::max(from.end_time, model::kMinTimestamp);
  to.row_regex = from.row_regexp;
  to.value_regex = from.value_regexp;
  RETURN_IF_ERROR(AddPredicates(from.column_predicates, &to));
  RETURN_IF_ERROR(AddLimits(from, &to));
  to.keys_only = from.keys_only;
  to.return_deletes = from.return_deletes;
  to.no_cache = from.do_not_cache;
  RETURN_IF_ERROR(to.Check());
  return to;
}

Result<int32_t> CellsVersionOf(const api::ScanSpec& spec) {
  switch (spec.cells_version) {
    case 0:
    case kPackedVersion1:
      return kPackedVersion1;
    case kPackedVersion2:
      return kPackedVersion2;
    default:
      return common::InvalidArgument("there are no packed cells of version " + std::to_string(spec.cells_version))
          .WithDetail(kInvalidArgument);
  }
}

}  // namespace cellar::thrift
