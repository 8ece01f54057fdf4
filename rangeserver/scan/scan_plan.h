#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "model/key_codec.h"
#include "model/regex.h"
#include "model/scan_spec.h"
#include "model/schema.h"
#include "rangeserver/scan/matcher.h"
#include "rangeserver/scan/scan_interval.h"

namespace cellar::rangeserver {

/// The parts of a key that selection and predicates look at, unescaped.
struct CellParts {
  model::FamilyId family;
  std::string_view qualifier;
  model::KeyFlag flag = model::KeyFlag::kInsert;
};

/// A leaf of the predicate tree.
struct PredicateLeaf {
  model::FamilySet families;
  Matcher qualifier;
  Matcher value;

  bool Matches(const CellParts& parts, std::string_view cell_value) const {
    return parts.flag == model::KeyFlag::kInsert && families[parts.family.get()] &&
           qualifier.Matches(parts.qualifier) && value.Matches(cell_value);
  }
};

/// A condition on a row's key in the predicate tree.
struct RowLeaf {
  model::RowInterval rows;
  std::optional<model::Regex> regex;

  bool Matches(std::string_view row) const { return rows.Contains(row) && (!regex || regex->Matches(row)); }
};

/// A ScanSpec resolved against a schema: names to ids, regexes compiled, intervals to keys. Made once for a scan or a
/// batch of gets; immutable and shared between their threads. docs/internals/scan.md.
class ScanPlan {
 public:
  /// Public code 30 for a bad spec or a predicate on a counter, 0x5000A for an unknown family.
  static Result<std::shared_ptr<const ScanPlan>> Make(std::shared_ptr<const model::Schema> schema,
                                                      model::ScanSpec spec);

  const model::ScanSpec& spec() const { return spec_; }
  const std::shared_ptr<const model::Schema>& schema() const { return schema_; }
  const std::vector<ScanInterval>& intervals() const { return intervals_; }
  bool intervals_in_order() const { return intervals_in_order_; }

  /// Families whose cells are wanted or decide; sources may leave out all others.
  const model::FamilySet& families() const { return families_; }

  /// Predicates decide over a row's cells before one of them is given.
  bool decides_rows() const { return decides_rows_; }
  bool has_counters() const { return has_counters_; }
  bool is_counter(model::FamilyId family) const { return counters_[family.get()]; }

  const std::vector<PredicateLeaf>& leaves() const { return leaves_; }
  const std::vector<RowLeaf>& row_leaves() const { return row_leaves_; }

  bool RowMatches(std::string_view row) const { return !row_regex_ || row_regex_->Matches(row); }
  bool has_row_regex() const { return row_regex_.has_value(); }

  /// Columns, value regex, and predicates that are decided per cell.
  bool Selects(const CellParts& parts, std::string_view value) const;

  /// The keys of `row` that can be selected; for scans that need nothing else of it.
  storage::KeyBounds ColumnsOf(std::string_view row) const;

 private:
  /// What is selected of one family.
  struct FamilySelection {
    bool selected = false;
    bool whole = false;  ///< Every qualifier.
    std::vector<Matcher> qualifiers;
  };

  ScanPlan(std::shared_ptr<const model::Schema> schema, model::ScanSpec spec)
      : schema_(std::move(schema)), spec_(std::move(spec)) {}

  Status Resolve();
  Status ResolveColumns();
  Status ResolveLeaves();
  Result<model::FamilySet> FamiliesOf(const model::ColumnPredicate& predicate) const;
  void ChooseFamilies();
  Result<model::FamilyId> FamilyNamed(const std::string& name) const;
  bool MatchesSomeLeaf(const CellParts& parts, std::string_view value) const;

  const std::shared_ptr<const model::Schema> schema_;
  const model::ScanSpec spec_;
  std::vector<ScanInterval> intervals_;
  bool intervals_in_order_ = false;
  std::array<FamilySelection, 256> selections_;
  std::vector<PredicateLeaf> leaves_;
  std::vector<RowLeaf> row_leaves_;
  bool decides_rows_ = false;
  bool decides_cells_ = false;
  bool has_counters_ = false;
  model::FamilySet counters_;
  model::FamilySet families_;
  std::optional<model::Regex> row_regex_;
  std::optional<model::Regex> value_regex_;
};

}  // namespace cellar::rangeserver
