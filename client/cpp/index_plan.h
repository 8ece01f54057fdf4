#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/index_entry.h"
#include "model/regex.h"
#include "model/row_interval.h"
#include "model/scan_spec.h"
#include "model/schema.h"

namespace cellar::client {

/// One column predicate as a look into an index: which entries may lead to rows for which it is true.
class IndexLookup {
 public:
  /// nullopt: no complete index of the predicate's family serves it. `rows`: the only ones that matter, ascending.
  static std::optional<IndexLookup> For(const model::Schema& schema, const model::ColumnPredicate& predicate,
                                        const std::vector<model::RowInterval>& rows);

  model::IndexKind kind() const { return kind_; }
  model::TableId table() const { return table_; }

  /// Intervals of index rows. In each of `sorted` the entries are in the order of the rows that they lead to.
  const std::vector<model::RowInterval>& unsorted() const { return unsorted_; }
  const std::vector<model::RowInterval>& sorted() const { return sorted_; }
  /// What of a sorted interval leads to rows behind `row`.
  model::RowInterval Behind(const model::RowInterval& sorted, std::string_view row) const;

  /// What to read of the index for the first rows of all; and for what is in some intervals of index rows.
  model::ScanSpec Spec() const;
  static model::ScanSpec SpecOf(std::vector<model::RowInterval> entries);

  /// Whether the entry may lead to such a row; nullopt: not, or it is no entry at all.
  std::optional<model::IndexHint> Read(std::string_view row, std::string_view qualifier) const;

  std::string ToString(const model::Schema& schema) const;

 private:
  IndexLookup() = default;
  bool Matches(const model::IndexHint& hint) const;

  model::IndexKind kind_ = model::IndexKind::kValue;
  model::TableId table_;
  model::FamilyId family_;
  model::ColumnPredicate predicate_;
  std::optional<model::Regex> qualifier_regex_;
  std::optional<model::Regex> value_regex_;
  std::vector<model::RowInterval> unsorted_;
  std::vector<model::RowInterval> sorted_;
  std::string sorted_prefix_;  ///< Of the index rows in sorted_: the table's row follows.
};

/// How the rows that may meet a predicate tree are found: those of all lookups (kOr), or those that every one has
/// (kAnd; predicates without an index are left out: whoever reads the rows checks them).
struct IndexPlan {
  enum class Kind : uint8_t { kLookup, kAnd, kOr };

  Kind kind = Kind::kLookup;
  std::optional<IndexLookup> lookup;  ///< kLookup.
  std::vector<IndexPlan> children;

  IndexPlan() = default;

  /// "VALUE INDEX" and "QUALIFIER INDEX" of families with AND, OR and parentheses, for people.
  std::string ToString(const model::Schema& schema) const;
};

/// nullopt: the scan does without indexes. The spec has passed Check.
std::optional<IndexPlan> PlanIndexes(const model::Schema& schema, const model::ScanSpec& spec);

}  // namespace cellar::client
