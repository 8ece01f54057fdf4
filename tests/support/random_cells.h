#pragma once

#include <string>
#include <vector>

#include "common/random/random.h"
#include "model/cell.h"
#include "model/scan_spec.h"
#include "model/schema.h"

namespace cellar::tests {

/// Small random worlds in which things collide: few rows, few qualifiers, few timestamps, all kinds of bytes, all kinds
/// of delete markers, families with all kinds of options. For comparing an engine with the reference evaluator.
class RandomCells {
 public:
  explicit RandomCells(uint64_t seed);

  /// Two to five families in one to three access groups, with versions, TTL, time order and counters at random.
  model::Schema NewSchema();

  /// A cell or marker for `schema`. `now` is what automatic timestamps are near; timestamps are automatic
  /// (kAutomaticTimestamp) two times in three. Counter families get only what a compaction may fold: automatic times;
  /// and no marker has an explicit time when the schema has counters.
  model::Cell NewCell(const model::Schema& schema, int64_t now);

  /// A request with any mix of intervals, columns, times, regexes, predicates, limits. Always passes Check.
  model::ScanSpec NewSpec(const model::Schema& schema, int64_t now);

  /// A predicate on a column of this family; on its value, or only whether there is one.
  model::ColumnPredicate NewPredicate(const std::string& family, bool on_value);

  /// From now on requests may have conditions on rows among their predicates.
  void UseRowPredicates() { row_predicates_ = true; }

  std::string NewRow();
  common::SeededRandom& random() { return random_; }

 private:
  std::string NewQualifier();
  std::string NewValue();
  int64_t NewTimestamp(int64_t now);
  model::QualifierMatch NewMatch();
  model::PredicateTree NewPredicates(const model::Schema& schema, int depth);
  model::CellBound NewBound(const model::Schema& schema);
  const model::ColumnFamily& AnyFamily(const model::Schema& schema);
  void AddIntervals(const model::Schema& schema, model::ScanSpec* spec);
  void AddLimits(model::ScanSpec* spec);

  common::SeededRandom random_;
  bool row_predicates_ = false;
};

/// The cell as written: explicit revision, and automatic timestamps replaced by it.
model::Cell Written(model::Cell cell, model::Revision revision);

}  // namespace cellar::tests
