#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "model/key.h"
#include "model/row_interval.h"

namespace cellar::model {

/// What a qualifier must be.
struct QualifierMatch {
  enum class Kind : uint8_t { kAny = 0, kExact = 1, kPrefix = 2, kRegex = 3 };

  Kind kind = Kind::kAny;
  std::string text;  ///< Bytes, prefix, or RE2 expression (searched for, unanchored).

  QualifierMatch() = default;
  QualifierMatch(Kind kind_in, std::string text_in);
  friend bool operator==(const QualifierMatch&, const QualifierMatch&) = default;
};

/// One entry of the column list. Entries of one family are joined with OR.
struct ColumnSelector {
  std::string family;
  QualifierMatch qualifier;

  ColumnSelector() = default;
  explicit ColumnSelector(std::string family_in, QualifierMatch qualifier_in = QualifierMatch());
  friend bool operator==(const ColumnSelector&, const ColumnSelector&) = default;
};

/// A condition on one cell: family and qualifier, and the value unless `value` is kExists.
struct ColumnPredicate {
  enum class Value : uint8_t { kExists = 0, kExact = 1, kPrefix = 2, kRegex = 3 };

  std::string family;  ///< Empty, with PredicateMode::kPerRow: any that is no counter.
  QualifierMatch qualifier;
  Value value = Value::kExists;
  std::string text;

  ColumnPredicate() = default;
  ColumnPredicate(std::string family_in, QualifierMatch qualifier_in, Value value_in, std::string text_in);
  friend bool operator==(const ColumnPredicate&, const ColumnPredicate&) = default;
};

/// A condition on a row's key: both parts hold.
struct RowPredicate {
  RowInterval rows = RowInterval::All();
  std::string regex;  ///< Empty: none.

  RowPredicate() = default;
  friend bool operator==(const RowPredicate&, const RowPredicate&) = default;
};

/// Conditions on columns and rows joined with AND and OR. Empty: no condition. What holds for all of a scan's rows
/// belongs into its intervals and regex: those are not even read then.
struct PredicateTree {
  enum class Kind : uint8_t { kEmpty = 0, kLeaf = 1, kAnd = 2, kOr = 3, kRow = 4 };

  Kind kind = Kind::kEmpty;
  ColumnPredicate leaf;                 ///< kLeaf.
  RowPredicate row;                     ///< kRow; only with PredicateMode::kPerRow.
  std::vector<PredicateTree> children;  ///< kAnd, kOr: one or more, none of them empty.

  PredicateTree() = default;
  explicit PredicateTree(ColumnPredicate predicate);
  explicit PredicateTree(RowPredicate predicate);
  PredicateTree(Kind kind_in, std::vector<PredicateTree> children_in);

  bool empty() const { return kind == Kind::kEmpty; }
  /// All kLeaf, and all kRow, left to right.
  std::vector<const ColumnPredicate*> Leaves() const;
  std::vector<const RowPredicate*> RowLeaves() const;
  friend bool operator==(const PredicateTree&, const PredicateTree&) = default;
};

/// How column predicates are decided.
enum class PredicateMode : uint8_t {
  kPerRow = 0,   ///< HQL: the tree over the row's visible cells decides on the whole row.
  kPerCell = 1,  ///< Thrift: a cell stays if any leaf of its own family matches it; families without a leaf vanish.
};

/// What several intervals mean, and what limits and offsets count.
enum class IntervalMode : uint8_t {
  kUnion = 0,        ///< HQL: each cell once, in key order; limits over the whole result.
  kEachInOrder = 1,  ///< Thrift: one interval after the other as given; limits start anew in each.
};

inline constexpr size_t kMaxIntervals = 1 << 16;
inline constexpr size_t kMaxSelectors = 4096;
inline constexpr size_t kMaxPredicates = 32;
inline constexpr size_t kMaxPredicateDepth = 32;
inline constexpr size_t kMaxRegexBytes = 64 << 10;

/// A user's request to read. Families are named; they are resolved against the schema where the cells are.
struct ScanSpec {
  std::vector<RowInterval> row_intervals;    ///< None of both kinds: the whole table.
  std::vector<CellInterval> cell_intervals;  ///< Not together with row_intervals.
  IntervalMode interval_mode = IntervalMode::kUnion;

  std::vector<ColumnSelector> columns;  ///< Empty: all families.
  int64_t start_time = kMinTimestamp;   ///< Inclusive.
  int64_t end_time = kMaxTimestamp;     ///< Exclusive unless kMaxTimestamp, which means "no end".
  std::string row_regex;                ///< Empty: none.
  std::string value_regex;              ///< Empty: none. Not applied to counters.
  PredicateTree predicates;
  PredicateMode predicate_mode = PredicateMode::kPerRow;

  // 0: no limit.
  uint32_t max_versions = 0;
  uint64_t row_limit = 0;
  uint64_t row_offset = 0;
  uint64_t cell_limit = 0;
  uint64_t cell_offset = 0;
  uint64_t cell_limit_per_family = 0;  ///< Per row and family.

  bool keys_only = false;
  bool return_deletes = false;        ///< Markers and what they hide, all versions.
  bool expired_too = false;           ///< With return_deletes: everything stored, also what a TTL has ended.
  bool scan_and_filter_rows = false;  ///< Row intervals as a set, in row order (kUnion), in one scan.
  bool no_cache = false;              ///< Skip the query cache.

  ScanSpec() = default;

  /// Everything that needs no schema: bounds on counts, both kinds of interval, empty or reversed intervals, both
  /// offsets in kEachInOrder, time interval, regexes that RE2 takes. kInvalidArgument with public code 30.
  Status Check() const;

  /// Versioned binary form (docs/internals/scan-spec.md). Decode: kInvalidArgument, kUnsupported for a newer version.
  std::string Encode() const;
  static Result<ScanSpec> Decode(std::string_view bytes);

  friend bool operator==(const ScanSpec&, const ScanSpec&) = default;
};

}  // namespace cellar::model
