#include "hql/scan_translation.h"

#include <algorithm>

#include "hql/error_codes.h"
#include "hql/parse_error.h"
#include "model/error_codes.h"

namespace cellar::hql {

namespace {

using model::CellInterval;
using model::PredicateTree;
using model::RowInterval;
using RowIntervals = std::vector<RowInterval>;
using Depth = model::CellBound::Depth;

enum class Subject : uint8_t { kRows, kRowRegex, kCells, kColumns, kSingle, kTree, kMixed };

/// Whether it says of a whole row that it is wanted or not: what may stand in a tree.
bool DecidesOnRows(Subject subject) {
  return subject == Subject::kRows || subject == Subject::kRowRegex || subject == Subject::kColumns ||
         subject == Subject::kTree;
}

/// What a condition is about; kSingle for what may only be joined with AND, kTree for different ones that decide on
/// rows.
Subject SubjectOf(const WhereExpression& where) {
  if (std::holds_alternative<RowInterval>(where.condition)) return Subject::kRows;
  if (std::holds_alternative<RowRegex>(where.condition)) return Subject::kRowRegex;
  if (std::holds_alternative<CellInterval>(where.condition)) return Subject::kCells;
  if (std::holds_alternative<model::ColumnPredicate>(where.condition)) return Subject::kColumns;
  const auto* junction = std::get_if<Junction>(&where.condition);
  if (junction == nullptr) return Subject::kSingle;
  const Subject first = SubjectOf(junction->operands.front());
  bool all_same = first != Subject::kSingle && first != Subject::kRowRegex;
  bool all_decide = true;
  for (const WhereExpression& operand : junction->operands) {
    const Subject subject = SubjectOf(operand);
    all_same = all_same && subject == first;
    all_decide = all_decide && DecidesOnRows(subject);
  }
  if (all_same) return first;
  return all_decide ? Subject::kTree : Subject::kMixed;
}

Status BadSpec(Position position, const std::string& message) {
  return ErrorAt(position, message, model::kBadScanSpec);
}

// ---- Rows

Result<RowIntervals> RowsOf(const WhereExpression& where) {
  if (const auto* rows = std::get_if<RowInterval>(&where.condition)) {
    const bool bounded = !rows->start_unbounded && !rows->end_unbounded;
    if (bounded && rows->start > rows->end) {
      return BadSpec(where.position, "the row interval is reversed: its start is after its end");
    }
    return RowIntervals{*rows};
  }
  const auto& junction = std::get<Junction>(where.condition);
  RowIntervals all;
  bool first = true;
  for (const WhereExpression& operand : junction.operands) {
    ASSIGN_OR_RETURN(RowIntervals rows, RowsOf(operand));
    if (junction.is_or) {
      all.insert(all.end(), rows.begin(), rows.end());
    } else {
      all = first ? std::move(rows) : model::IntersectionOf(all, rows);
    }
    first = false;
  }
  return junction.is_or ? model::UnionOf(std::move(all)) : all;
}

// ---- Cells

Result<CellInterval> Combine(Position position, CellInterval a, const CellInterval& b) {
  const bool starts = a.start.depth != Depth::kUnbounded && b.start.depth != Depth::kUnbounded;
  const bool ends = a.end.depth != Depth::kUnbounded && b.end.depth != Depth::kUnbounded;
  if (starts || ends) return BadSpec(position, "CELL is bounded twice on the same side");
  if (b.start.depth != Depth::kUnbounded) a.start = b.start;
  if (b.end.depth != Depth::kUnbounded) a.end = b.end;
  return a;
}

Result<std::vector<CellInterval>> CellsOf(const WhereExpression& where) {
  if (const auto* cells = std::get_if<CellInterval>(&where.condition)) return std::vector<CellInterval>{*cells};
  const auto& junction = std::get<Junction>(where.condition);
  std::vector<CellInterval> all;
  for (const WhereExpression& operand : junction.operands) {
    ASSIGN_OR_RETURN(std::vector<CellInterval> cells, CellsOf(operand));
    if (junction.is_or || all.empty()) {
      all.insert(all.end(), cells.begin(), cells.end());
    } else if (all.size() > 1 || cells.size() > 1) {
      return BadSpec(operand.position, "AND of CELL conditions takes no OR inside");
    } else {
      ASSIGN_OR_RETURN(all.front(), Combine(operand.position, all.front(), cells.front()));
    }
  }
  return all;
}

// ---- Columns, and rows beside them

PredicateTree TreeOf(const WhereExpression& where) {
  if (const auto* predicate = std::get_if<model::ColumnPredicate>(&where.condition)) return PredicateTree(*predicate);
  model::RowPredicate row;
  if (const auto* rows = std::get_if<RowInterval>(&where.condition)) {
    row.rows = *rows;
    return PredicateTree(std::move(row));
  }
  if (const auto* regex = std::get_if<RowRegex>(&where.condition)) {
    row.regex = regex->expression;
    return PredicateTree(std::move(row));
  }
  const auto& junction = std::get<Junction>(where.condition);
  std::vector<PredicateTree> children;
  for (const WhereExpression& operand : junction.operands) children.push_back(TreeOf(operand));
  return PredicateTree(junction.is_or ? PredicateTree::Kind::kOr : PredicateTree::Kind::kAnd, std::move(children));
}

Status CheckRowsIn(const WhereExpression& where) {
  if (const auto* regex = std::get_if<RowRegex>(&where.condition); regex != nullptr && regex->expression.empty()) {
    return ErrorAt(where.position, "ROW REGEXP of an empty expression", kParseError);
  }
  if (std::holds_alternative<RowInterval>(where.condition)) return RowsOf(where).status();
  if (const auto* junction = std::get_if<Junction>(&where.condition)) {
    for (const WhereExpression& operand : junction->operands) RETURN_IF_ERROR(CheckRowsIn(operand));
  }
  return Status();
}

/// Rows outside of which a tree never holds; all of them when a column alone may decide. The rows were checked.
RowIntervals BoundOf(const PredicateTree& tree) {
  if (tree.kind == PredicateTree::Kind::kRow) return {tree.row.rows};
  if (tree.kind == PredicateTree::Kind::kLeaf) return {RowInterval::All()};
  RowIntervals all;
  for (size_t i = 0; i < tree.children.size(); ++i) {
    RowIntervals rows = BoundOf(tree.children[i]);
    if (tree.kind == PredicateTree::Kind::kOr) {
      all.insert(all.end(), rows.begin(), rows.end());
    } else {
      all = i == 0 ? std::move(rows) : model::IntersectionOf(all, rows);
    }
  }
  return tree.kind == PredicateTree::Kind::kOr ? model::UnionOf(std::move(all)) : all;
}

// ---- All together

/// Gathers the operands of the outermost AND into a ScanSpec.
class WhereTranslation {
 public:
  explicit WhereTranslation(model::ScanSpec* spec) : spec_(*spec) {}

  Status Add(const WhereExpression& where) {
    if (const auto* junction = std::get_if<Junction>(&where.condition); junction != nullptr && !junction->is_or) {
      for (const WhereExpression& operand : junction->operands) RETURN_IF_ERROR(Add(operand));
      return Status();
    }
    switch (SubjectOf(where)) {
      case Subject::kRows:
        return AddRows(where);
      case Subject::kCells:
        return AddCells(where);
      case Subject::kColumns:
        trees_.push_back(TreeOf(where));
        return Status();
      case Subject::kTree:
        return AddTree(where);
      case Subject::kRowRegex:
      case Subject::kSingle:
        return AddSingle(where);
      case Subject::kMixed:
        return ErrorAt(where.position,
                       "OR joins conditions that decide on rows, or CELL with CELL: TIMESTAMP, VALUE REGEXP and CELL "
                       "choose cells and are joined with others by AND (HELP WHERE)",
                       kParseError);
    }
    return Status();
  }

  Status Finish() {
    // Only spares reading: the tree itself decides.
    if (bound_ && !cells_) rows_ = rows_ ? model::IntersectionOf(*rows_, *bound_) : std::move(bound_);
    if (rows_ && cells_) return BadSpec(cells_at_, "ROW and CELL conditions do not go together");
    if (rows_) spec_.row_intervals = rows_->empty() ? RowIntervals{NoRow()} : std::move(*rows_);
    if (cells_) spec_.cell_intervals = std::move(*cells_);
    if (trees_.size() == 1) {
      spec_.predicates = std::move(trees_.front());
    } else if (trees_.size() > 1) {
      spec_.predicates = PredicateTree(PredicateTree::Kind::kAnd, std::move(trees_));
    }
    if (time_.start) spec_.start_time = std::max(*time_.start, model::kMinTimestamp);
    if (time_.end) spec_.end_time = std::max(*time_.end, model::kMinTimestamp);
    if (time_.start && time_.end && *time_.start >= *time_.end) {
      return ErrorAt(time_at_, "no time meets these TIMESTAMP conditions", kParseError);
    }
    return Status();
  }

 private:
  static RowInterval NoRow() {
    RowInterval none = RowInterval::Row("");
    none.start_inclusive = false;
    none.end_inclusive = false;
    return none;
  }

  Status AddRows(const WhereExpression& where) {
    ASSIGN_OR_RETURN(RowIntervals rows, RowsOf(where));
    rows_ = rows_ ? model::IntersectionOf(*rows_, rows) : std::move(rows);
    return Status();
  }

  /// Conditions on rows and on columns under one OR.
  Status AddTree(const WhereExpression& where) {
    RETURN_IF_ERROR(CheckRowsIn(where));
    PredicateTree tree = TreeOf(where);
    RowIntervals bound = BoundOf(tree);
    const bool is_all = bound.size() == 1 && bound.front().start_unbounded && bound.front().end_unbounded;
    if (!is_all) bound_ = bound_ ? model::IntersectionOf(*bound_, bound) : std::move(bound);
    trees_.push_back(std::move(tree));
    return Status();
  }

  Status AddCells(const WhereExpression& where) {
    ASSIGN_OR_RETURN(std::vector<CellInterval> cells, CellsOf(where));
    cells_at_ = where.position;
    if (!cells_) {
      cells_ = std::move(cells);
      return Status();
    }
    if (cells_->size() > 1 || cells.size() > 1) {
      return BadSpec(where.position, "several lists of CELL conditions do not go together");
    }
    ASSIGN_OR_RETURN(cells_->front(), Combine(where.position, cells_->front(), cells.front()));
    return Status();
  }

  Status AddSingle(const WhereExpression& where) {
    if (const auto* regex = std::get_if<RowRegex>(&where.condition)) {
      return SetRegex(where.position, "ROW REGEXP", regex->expression, &spec_.row_regex);
    }
    if (const auto* regex = std::get_if<ValueRegex>(&where.condition)) {
      return SetRegex(where.position, "VALUE REGEXP", regex->expression, &spec_.value_regex);
    }
    const auto& time = std::get<TimeBounds>(where.condition);
    time_at_ = where.position;
    if ((time.start && time_.start) || (time.end && time_.end)) {
      return ErrorAt(where.position, "TIMESTAMP is bounded twice on the same side", kParseError);
    }
    if (time.start) time_.start = time.start;
    if (time.end) time_.end = time.end;
    return Status();
  }

  static Status SetRegex(Position position, const std::string& what, const std::string& expression,
                         std::string* regex) {
    if (!regex->empty()) return ErrorAt(position, what + " is there twice", kParseError);
    if (expression.empty()) return ErrorAt(position, what + " of an empty expression", kParseError);
    *regex = expression;
    return Status();
  }

  model::ScanSpec& spec_;
  std::optional<RowIntervals> rows_;
  std::optional<RowIntervals> bound_;  ///< Of trees.
  std::optional<std::vector<CellInterval>> cells_;
  std::vector<PredicateTree> trees_;
  TimeBounds time_;
  Position cells_at_;
  Position time_at_;
};

}  // namespace

Result<model::ScanSpec> ToScanSpec(const Select& select) {
  model::ScanSpec spec;
  spec.columns = select.columns;
  spec.max_versions = select.max_versions.value_or(0);
  spec.row_limit = select.row_limit.value_or(0);
  spec.row_offset = select.row_offset.value_or(0);
  spec.cell_limit = select.cell_limit.value_or(0);
  spec.cell_offset = select.cell_offset.value_or(0);
  spec.cell_limit_per_family = select.cell_limit_per_family.value_or(0);
  spec.keys_only = select.keys_only;
  spec.return_deletes = select.return_deletes;
  spec.scan_and_filter_rows = select.scan_and_filter_rows;
  spec.no_cache = select.no_cache;
  if (select.where) {
    WhereTranslation translation(&spec);
    RETURN_IF_ERROR(translation.Add(*select.where));
    RETURN_IF_ERROR(translation.Finish());
  }
  RETURN_IF_ERROR(spec.Check());
  return spec;
}

}  // namespace cellar::hql
