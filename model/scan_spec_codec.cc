#include "common/bytes/coding.h"
#include "model/error_codes.h"
#include "model/scan_spec.h"

namespace cellar::model {

namespace {

using common::PutFixed8;
using common::PutLengthPrefixed;
using common::PutVarint64;
using common::PutZigZag64;
using common::Reader;

constexpr uint8_t kEncodingVersion = 1;

// Bits of the flags byte.
constexpr uint8_t kKeysOnly = 1;
constexpr uint8_t kReturnDeletes = 2;
constexpr uint8_t kScanAndFilterRows = 4;
constexpr uint8_t kNoCache = 8;
constexpr uint8_t kEachInOrder = 16;
constexpr uint8_t kPredicatesPerCell = 32;
constexpr uint8_t kExpiredToo = 64;
constexpr uint8_t kKnownFlags = 127;

bool GetText(Reader* in, std::string* text) {
  std::string_view bytes;
  if (!in->GetLengthPrefixed(&bytes)) return false;
  text->assign(bytes);
  return true;
}

bool GetByte(Reader* in, uint8_t limit, uint8_t* value) {
  return in->GetFixed8(value) && *value <= limit;
}

void PutInterval(const RowInterval& interval, std::string* out) {
  PutFixed8(out, static_cast<uint8_t>((interval.start_unbounded ? 1 : 0) | (interval.start_inclusive ? 2 : 0) |
                                      (interval.end_unbounded ? 4 : 0) | (interval.end_inclusive ? 8 : 0)));
  PutLengthPrefixed(out, interval.start);
  PutLengthPrefixed(out, interval.end);
}

bool GetInterval(Reader* in, RowInterval* interval) {
  uint8_t bits = 0;
  if (!GetByte(in, 15, &bits)) return false;
  interval->start_unbounded = (bits & 1) != 0;
  interval->start_inclusive = (bits & 2) != 0;
  interval->end_unbounded = (bits & 4) != 0;
  interval->end_inclusive = (bits & 8) != 0;
  return GetText(in, &interval->start) && GetText(in, &interval->end);
}

void PutBound(const CellBound& bound, std::string* out) {
  PutFixed8(out, static_cast<uint8_t>((static_cast<uint8_t>(bound.depth) << 1) | (bound.inclusive ? 1 : 0)));
  PutLengthPrefixed(out, bound.row);
  PutLengthPrefixed(out, bound.family);
  PutLengthPrefixed(out, bound.qualifier);
}

bool GetBound(Reader* in, CellBound* bound) {
  uint8_t bits = 0;
  if (!GetByte(in, 7, &bits)) return false;
  bound->depth = static_cast<CellBound::Depth>(bits >> 1);
  bound->inclusive = (bits & 1) != 0;
  return GetText(in, &bound->row) && GetText(in, &bound->family) && GetText(in, &bound->qualifier);
}

void PutMatch(const QualifierMatch& match, std::string* out) {
  PutFixed8(out, static_cast<uint8_t>(match.kind));
  PutLengthPrefixed(out, match.text);
}

bool GetMatch(Reader* in, QualifierMatch* match) {
  uint8_t kind = 0;
  if (!GetByte(in, 3, &kind)) return false;
  match->kind = static_cast<QualifierMatch::Kind>(kind);
  return GetText(in, &match->text);
}

void PutTree(const PredicateTree& tree, std::string* out) {
  PutFixed8(out, static_cast<uint8_t>(tree.kind));
  if (tree.kind == PredicateTree::Kind::kLeaf) {
    PutLengthPrefixed(out, tree.leaf.family);
    PutMatch(tree.leaf.qualifier, out);
    PutFixed8(out, static_cast<uint8_t>(tree.leaf.value));
    PutLengthPrefixed(out, tree.leaf.text);
  } else if (tree.kind == PredicateTree::Kind::kRow) {
    PutInterval(tree.row.rows, out);
    PutLengthPrefixed(out, tree.row.regex);
  } else if (tree.kind != PredicateTree::Kind::kEmpty) {
    PutVarint64(out, tree.children.size());
    for (const PredicateTree& child : tree.children) PutTree(child, out);
  }
}

bool GetTree(Reader* in, size_t depth, PredicateTree* tree) {
  uint8_t kind = 0;
  if (depth > kMaxPredicateDepth || !GetByte(in, 4, &kind)) return false;
  tree->kind = static_cast<PredicateTree::Kind>(kind);
  if (tree->kind == PredicateTree::Kind::kEmpty) return true;
  if (tree->kind == PredicateTree::Kind::kRow) return GetInterval(in, &tree->row.rows) && GetText(in, &tree->row.regex);
  if (tree->kind == PredicateTree::Kind::kLeaf) {
    uint8_t value = 0;
    if (!GetText(in, &tree->leaf.family) || !GetMatch(in, &tree->leaf.qualifier) || !GetByte(in, 3, &value))
      return false;
    tree->leaf.value = static_cast<ColumnPredicate::Value>(value);
    return GetText(in, &tree->leaf.text);
  }
  uint64_t count = 0;
  if (!in->GetVarint64(&count) || count > kMaxPredicates) return false;
  for (uint64_t i = 0; i < count; ++i)
    if (!GetTree(in, depth + 1, &tree->children.emplace_back())) return false;
  return true;
}

template <typename T, typename Get>
bool GetList(Reader* in, size_t limit, std::vector<T>* list, const Get& get) {
  uint64_t count = 0;
  if (!in->GetVarint64(&count) || count > limit) return false;
  for (uint64_t i = 0; i < count; ++i)
    if (!get(in, &list->emplace_back())) return false;
  return true;
}

bool GetSelector(Reader* in, ColumnSelector* selector) {
  return GetText(in, &selector->family) && GetMatch(in, &selector->qualifier);
}
bool GetCellInterval(Reader* in, CellInterval* interval) {
  return GetBound(in, &interval->start) && GetBound(in, &interval->end);
}

uint8_t FlagsOf(const ScanSpec& spec) {
  return static_cast<uint8_t>((spec.keys_only ? kKeysOnly : 0) | (spec.return_deletes ? kReturnDeletes : 0) |
                              (spec.scan_and_filter_rows ? kScanAndFilterRows : 0) | (spec.no_cache ? kNoCache : 0) |
                              (spec.expired_too ? kExpiredToo : 0) |
                              (spec.interval_mode == IntervalMode::kEachInOrder ? kEachInOrder : 0) |
                              (spec.predicate_mode == PredicateMode::kPerCell ? kPredicatesPerCell : 0));
}

void SetFlags(uint8_t flags, ScanSpec* spec) {
  spec->keys_only = (flags & kKeysOnly) != 0;
  spec->return_deletes = (flags & kReturnDeletes) != 0;
  spec->scan_and_filter_rows = (flags & kScanAndFilterRows) != 0;
  spec->no_cache = (flags & kNoCache) != 0;
  spec->expired_too = (flags & kExpiredToo) != 0;
  spec->interval_mode = (flags & kEachInOrder) != 0 ? IntervalMode::kEachInOrder : IntervalMode::kUnion;
  spec->predicate_mode = (flags & kPredicatesPerCell) != 0 ? PredicateMode::kPerCell : PredicateMode::kPerRow;
}

bool GetBody(Reader* in, ScanSpec* spec) {
  uint8_t flags = 0;
  if (!GetByte(in, kKnownFlags, &flags)) return false;
  SetFlags(flags, spec);
  return GetList(in, kMaxIntervals, &spec->row_intervals, GetInterval) &&
         GetList(in, kMaxIntervals, &spec->cell_intervals, GetCellInterval) &&
         GetList(in, kMaxSelectors, &spec->columns, GetSelector) && in->GetZigZag64(&spec->start_time) &&
         in->GetZigZag64(&spec->end_time) && GetText(in, &spec->row_regex) && GetText(in, &spec->value_regex) &&
         GetTree(in, 1, &spec->predicates) && in->GetVarint32(&spec->max_versions) &&
         in->GetVarint64(&spec->row_limit) && in->GetVarint64(&spec->row_offset) &&
         in->GetVarint64(&spec->cell_limit) && in->GetVarint64(&spec->cell_offset) &&
         in->GetVarint64(&spec->cell_limit_per_family) && in->empty();
}

}  // namespace

std::string ScanSpec::Encode() const {
  std::string out;
  PutFixed8(&out, kEncodingVersion);
  PutFixed8(&out, FlagsOf(*this));
  PutVarint64(&out, row_intervals.size());
  for (const RowInterval& interval : row_intervals) PutInterval(interval, &out);
  PutVarint64(&out, cell_intervals.size());
  for (const CellInterval& interval : cell_intervals) {
    PutBound(interval.start, &out);
    PutBound(interval.end, &out);
  }
  PutVarint64(&out, columns.size());
  for (const ColumnSelector& column : columns) {
    PutLengthPrefixed(&out, column.family);
    PutMatch(column.qualifier, &out);
  }
  PutZigZag64(&out, start_time);
  PutZigZag64(&out, end_time);
  PutLengthPrefixed(&out, row_regex);
  PutLengthPrefixed(&out, value_regex);
  PutTree(predicates, &out);
  PutVarint64(&out, max_versions);
  for (const uint64_t count : {row_limit, row_offset, cell_limit, cell_offset, cell_limit_per_family})
    PutVarint64(&out, count);
  return out;
}

Result<ScanSpec> ScanSpec::Decode(std::string_view bytes) {
  Reader in(bytes);
  uint8_t version = 0;
  if (!in.GetFixed8(&version)) return common::InvalidArgument("scan spec: empty").WithDetail(kBadScanSpec);
  if (version != kEncodingVersion)
    return common::Unsupported("scan spec: encoding version " + std::to_string(version) + " is not known");
  ScanSpec spec;
  if (!GetBody(&in, &spec))
    return common::InvalidArgument("scan spec: damaged at byte " + std::to_string(in.offset()))
        .WithDetail(kBadScanSpec);
  return spec;
}

}  // namespace cellar::model
