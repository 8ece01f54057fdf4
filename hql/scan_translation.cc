#include "hql/scan_translation.h"

#include <algorithm>

#include "hql/error_codes.h"
#include "hql/parse_error.h"
#include "model/error_codes.h"
#include "model/regex.h"

namespace cellar::hql {

namespace {

using model::CellInterval;
using model::PredicateTree;
using model::RowInterval;
using RowIntervals = std::vector<RowInterval>;
using Depth = model::CellBound::Depth;

/// What a condition is about. kRows to kTree say of a whole row whether it is wanted, and kValues can; kTree: several
/// of them. kTime and kCells choose cells; kMixed: what does not go together.
enum class Subject : uint8_t { kRows, kRowRegex, kColumns, kTree, kValues, kCells, kTime, kMixed };

bool DecidesOnRows(Subject subject) {
  return subject <= Subject::kValues;
}

Subject SubjectOf(const WhereExpression& where);

/// Operands of one subject have it together, rows and cells are cells, and what decides on rows is a tree.
Subject SubjectOf(const Junction& junction) {
  const Subject first = SubjectOf(junction.operands.front());
  bool all_same = true;
  bool all_intervals = true;
  bool all_decide = true;
  for (const WhereExpression& operand : junction.operands) {
    const Subject subject = SubjectOf(operand);
    all_same = all_same && subject == first;
    all_intervals = all_intervals && (subject == Subject::kRows || subject == Subject::kCells);
    all_decide = all_decide && DecidesOnRows(subject);
  }
  if (all_same && (first == Subject::kRows || first == Subject::kColumns)) return first;
  if (all_same && first == Subject::kValues && junction.is_or) return first;
  if (all_intervals) return Subject::kCells;
  return all_decide ? Subject::kTree : Subject::kMixed;
}

Subject SubjectOf(const WhereExpression& where) {
  if (std::holds_alternative<RowInterval>(where.condition)) return Subject::kRows;
  if (std::holds_alternative<RowRegex>(where.condition)) return Subject::kRowRegex;
  if (std::holds_alternative<ValueRegex>(where.condition)) return Subject::kValues;
  if (std::holds_alternative<CellInterval>(where.condition)) return Subject::kCells;
  if (std::holds_alternative<TimeBounds>(where.condition)) return Subject::kTime;
  if (std::holds_alternative<model::ColumnPredicate>(where.condition)) return Subject::kColumns;
  return SubjectOf(std::get<Junction>(where.condition));
}

/// The first condition of this kind in the expression, left to right.
template <typename Kind>
const WhereExpression* FirstOf(const WhereExpression& where) {
  if (std::holds_alternative<Kind>(where.condition)) return &where;
  const auto* junction = std::get_if<Junction>(&where.condition);
  if (junction == nullptr) return nullptr;
  for (const WhereExpression& operand : junction->operands) {
    if (const WhereExpression* found = FirstOf<Kind>(operand)) return found;
  }
  return nullptr;
}

/// Why there is no such OR, and what to write instead.
Status DoesNotGoTogether(const WhereExpression& where) {
  if (const WhereExpression* time = FirstOf<TimeBounds>(where)) {
    return ErrorAt(time->position,
                   "TIMESTAMP says which versions are read, of all rows alike, and cannot stand under OR: write "
                   "(… OR …) AND TIMESTAMP …, or ask once for each time (HELP WHERE)",
                   kParseError);
  }
  const WhereExpression* cells = FirstOf<CellInterval>(where);
  return ErrorAt(cells == nullptr ? where.position : cells->position,
                 "CELL chooses cells and goes under OR with CELL and ROW only: join the rest by AND, as in "
                 "(CELL … OR CELL …) AND …, or ask once for each (HELP WHERE)",
                 kParseError);
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

Status RowsAndCells(Position position) {
  return BadSpec(position, "ROW and CELL conditions do not go together by AND");
}

/// The cells of rows.
CellInterval CellsOf(const RowInterval& rows) {
  CellInterval cells;
  if (!rows.start_unbounded) cells.start = model::CellBound::AtRow(rows.start, rows.start_inclusive);
  if (!rows.end_unbounded) cells.end = model::CellBound::AtRow(rows.end, rows.end_inclusive);
  return cells;
}

Result<std::vector<CellInterval>> CellsOf(const WhereExpression& where) {
  if (const auto* cells = std::get_if<CellInterval>(&where.condition)) return std::vector<CellInterval>{*cells};
  if (SubjectOf(where) == Subject::kRows) {
    ASSIGN_OR_RETURN(const RowIntervals rows, RowsOf(where));
    std::vector<CellInterval> cells;
    for (const RowInterval& interval : rows) cells.push_back(CellsOf(interval));
    return cells;
  }
  const auto& junction = std::get<Junction>(where.condition);
  std::vector<CellInterval> all;
  for (const WhereExpression& operand : junction.operands) {
    if (!junction.is_or && SubjectOf(operand) == Subject::kRows) return RowsAndCells(operand.position);
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
  if (const auto* values = std::get_if<ValueRegex>(&where.condition)) {
    using Value = model::ColumnPredicate::Value;
    return PredicateTree(model::ColumnPredicate("", model::QualifierMatch(), Value::kRegex, values->expression));
  }
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

Status EmptyExpression(Position position, const std::string& what) {
  return ErrorAt(position, what + " of an empty expression", kParseError);
}

Status CheckLeaves(const WhereExpression& where) {
  if (const auto* regex = std::get_if<RowRegex>(&where.condition); regex != nullptr && regex->expression.empty()) {
    return EmptyExpression(where.position, "ROW REGEXP");
  }
  if (const auto* regex = std::get_if<ValueRegex>(&where.condition); regex != nullptr && regex->expression.empty()) {
    return EmptyExpression(where.position, "VALUE REGEXP");
  }
  if (std::holds_alternative<RowInterval>(where.condition)) return RowsOf(where).status();
  if (const auto* junction = std::get_if<Junction>(&where.condition)) {
    for (const WhereExpression& operand : junction->operands) RETURN_IF_ERROR(CheckLeaves(operand));
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
        return SetRegex(where.position, "ROW REGEXP", std::get<RowRegex>(where.condition).expression, &spec_.row_regex);
      case Subject::kValues:
        return AddValues(where);
      case Subject::kTime:
        return AddTime(where);
      case Subject::kMixed:
        return DoesNotGoTogether(where);
    }
    return Status();
  }

  Status Finish() {
    // Only spares reading: the tree itself decides.
    if (bound_ && !cells_) rows_ = rows_ ? model::IntersectionOf(*rows_, *bound_) : std::move(bound_);
    if (rows_ && cells_) return RowsAndCells(cells_at_);
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

  /// Different conditions that decide on rows, under one OR.
  Status AddTree(const WhereExpression& where) {
    RETURN_IF_ERROR(CheckLeaves(where));
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

  /// VALUE REGEXP, or several of them under one OR: they choose cells.
  Status AddValues(const WhereExpression& where) {
    RETURN_IF_ERROR(CheckLeaves(where));
    if (const auto* regex = std::get_if<ValueRegex>(&where.condition)) {
      return SetRegex(where.position, "VALUE REGEXP", regex->expression, &spec_.value_regex);
    }
    std::string any;
    RETURN_IF_ERROR(JoinValues(where, &any));
    return SetRegex(where.position, "VALUE REGEXP", any, &spec_.value_regex);
  }

  static Status JoinValues(const WhereExpression& where, std::string* any) {
    if (const auto* regex = std::get_if<ValueRegex>(&where.condition)) {
      RETURN_IF_ERROR(model::Regex::Compile(regex->expression).status());
      *any += (any->empty() ? "(?:" : "|(?:") + regex->expression + ")";
      return Status();
    }
    for (const WhereExpression& operand : std::get<Junction>(where.condition).operands) {
      RETURN_IF_ERROR(JoinValues(operand, any));
    }
    return Status();
  }

  Status AddTime(const WhereExpression& where) {
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
    if (expression.empty()) return EmptyExpression(position, what);
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
