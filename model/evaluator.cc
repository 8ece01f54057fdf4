#include "model/evaluator.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "model/counter.h"
#include "model/error_codes.h"
#include "model/regex.h"

// docs/internals/scan-semantics.md, section by section. No cleverness: this is what the engine is compared with.

namespace cellar::model {

namespace {

using Cells = std::vector<Cell>;

Status UnknownFamily(const std::string& name) {
  return common::InvalidArgument("column family '" + name + "' does not exist").WithDetail(kUnknownFamilyOnRead);
}

/// A QualifierMatch or value condition with its regex compiled.
class Matcher {
 public:
  static Result<Matcher> Make(QualifierMatch::Kind kind, const std::string& text) {
    Matcher matcher;
    matcher.kind_ = kind;
    matcher.text_ = text;
    if (kind == QualifierMatch::Kind::kRegex) {
      ASSIGN_OR_RETURN(Regex regex, Regex::Compile(text));
      matcher.regex_ = std::move(regex);
    }
    return matcher;
  }

  bool Matches(std::string_view bytes) const {
    switch (kind_) {
      case QualifierMatch::Kind::kAny:
        return true;
      case QualifierMatch::Kind::kExact:
        return bytes == text_;
      case QualifierMatch::Kind::kPrefix:
        return bytes.starts_with(text_);
      case QualifierMatch::Kind::kRegex:
        return regex_->Matches(bytes);
    }
    return false;
  }

 private:
  QualifierMatch::Kind kind_ = QualifierMatch::Kind::kAny;
  std::string text_;
  std::optional<Regex> regex_;
};

static_assert(static_cast<int>(ColumnPredicate::Value::kExists) == static_cast<int>(QualifierMatch::Kind::kAny));
static_assert(static_cast<int>(ColumnPredicate::Value::kRegex) == static_cast<int>(QualifierMatch::Kind::kRegex));

struct Selector {
  FamilyId family;
  Matcher qualifier;
};

struct Leaf {
  std::set<FamilyId> families;
  Matcher qualifier;
  Matcher value;

  bool Matches(const Cell& cell) const {
    return cell.flag == KeyFlag::kInsert && families.contains(cell.family) && qualifier.Matches(cell.qualifier) &&
           value.Matches(cell.value);
  }
};

/// One evaluation: the request with names resolved.
class Evaluation {
 public:
  Evaluation(const Schema& schema, const ScanSpec& spec, Revision snapshot, Nanos now)
      : schema_(schema), spec_(spec), snapshot_(snapshot), now_(now) {}

  Status Resolve();
  Result<Cells> Run(const Cells& history);

 private:
  Result<FamilyId> FamilyNamed(const std::string& name) const;
  Result<std::set<FamilyId>> FamiliesOf(const ColumnPredicate& predicate) const;
  Status ResolveLeaves();

  // Section 1
  Cells StateOfRow(const Cells& row) const;
  Cells StateOfColumn(FamilyId family, Cells writes) const;
  bool IsExpired(const Cell& cell, int64_t at) const;
  Cells StoredCells(const Cells& row) const;
  void SortByKey(Cells* cells) const;

  // Section 2
  Result<Cells> VisibleCells(const Cells& row) const;
  Status FoldCounters(Cells* cells) const;
  void LimitVersions(Cells* cells) const;

  // Sections 3 to 5
  bool RowPasses(const PredicateTree& tree, const std::string& row, const Cells& visible, size_t* next_leaf) const;
  bool CellPasses(const Cell& cell) const;
  bool IsSelected(const Cell& cell) const;
  bool IsAfterStart(const Cell& cell, const CellBound& bound) const;
  bool IsBeforeEnd(const Cell& cell, const CellBound& bound) const;
  Cells ApplyLimits(const Cells& cells) const;
  Cells ApplyIntervals(const Cells& cells) const;

  const Schema& schema_;
  const ScanSpec& spec_;
  const Revision snapshot_;
  Nanos now_;  ///< Not before the newest write: a server's clock that lags behind its revisions makes nothing younger.
  std::vector<Selector> selectors_;
  std::vector<Leaf> leaves_;  ///< In the order of PredicateTree::Leaves.
  std::map<std::string, FamilyId> bound_families_;
  std::optional<Regex> row_regex_;
  std::optional<Regex> value_regex_;
};

Result<FamilyId> Evaluation::FamilyNamed(const std::string& name) const {
  const ColumnFamily* family = schema_.FindFamily(name);
  if (family == nullptr) return UnknownFamily(name);
  return family->id;
}

Result<std::set<FamilyId>> Evaluation::FamiliesOf(const ColumnPredicate& predicate) const {
  if (predicate.family.empty() && spec_.predicate_mode == PredicateMode::kPerRow) {
    std::set<FamilyId> families;
    for (const ColumnFamily& family : schema_.families())
      if (!schema_.rules(family.id).counter) families.insert(family.id);
    return families;
  }
  ASSIGN_OR_RETURN(const FamilyId family, FamilyNamed(predicate.family));
  if (schema_.rules(family).counter)
    return common::InvalidArgument("column predicate on the counter '" + predicate.family + "'")
        .WithDetail(kBadScanSpec);
  return std::set<FamilyId>{family};
}

Status Evaluation::ResolveLeaves() {
  for (const ColumnPredicate* predicate : spec_.predicates.Leaves()) {
    Leaf leaf;
    ASSIGN_OR_RETURN(leaf.families, FamiliesOf(*predicate));
    ASSIGN_OR_RETURN(leaf.qualifier, Matcher::Make(predicate->qualifier.kind, predicate->qualifier.text));
    ASSIGN_OR_RETURN(leaf.value, Matcher::Make(static_cast<QualifierMatch::Kind>(predicate->value), predicate->text));
    leaves_.push_back(std::move(leaf));
  }
  return common::Status();
}

Status Evaluation::Resolve() {
  RETURN_IF_ERROR(spec_.Check());
  for (const ColumnSelector& column : spec_.columns) {
    Selector selector;
    ASSIGN_OR_RETURN(selector.family, FamilyNamed(column.family));
    ASSIGN_OR_RETURN(selector.qualifier, Matcher::Make(column.qualifier.kind, column.qualifier.text));
    selectors_.push_back(std::move(selector));
  }
  RETURN_IF_ERROR(ResolveLeaves());
  for (const CellInterval& interval : spec_.cell_intervals)
    for (const CellBound* bound : {&interval.start, &interval.end})
      if (bound->depth >= CellBound::Depth::kFamily) {
        ASSIGN_OR_RETURN(bound_families_[bound->family], FamilyNamed(bound->family));
      }
  if (!spec_.row_regex.empty()) {
    ASSIGN_OR_RETURN(row_regex_, Regex::Compile(spec_.row_regex));
  }
  if (!spec_.value_regex.empty()) {
    ASSIGN_OR_RETURN(value_regex_, Regex::Compile(spec_.value_regex));
  }
  return common::Status();
}

// ---- Section 1

bool Evaluation::IsExpired(const Cell& cell, int64_t at) const {
  const int64_t ttl_seconds = schema_.rules(cell.family).ttl_seconds;
  return ttl_seconds > 0 && __int128{cell.timestamp} + __int128{ttl_seconds} * kSecond <= at;
}

Cells Evaluation::StateOfColumn(FamilyId family, Cells writes) const {
  const FamilyRules& rules = schema_.rules(family);
  std::sort(writes.begin(), writes.end(), [](const Cell& a, const Cell& b) { return a.revision < b.revision; });
  Cells state;  // In the family's time order.
  for (const Cell& write : writes) {
    std::erase_if(state, [&](const Cell& version) { return IsExpired(version, write.revision.get()); });
    const auto has_its_time = [&](const Cell& version) { return version.timestamp == write.timestamp; };
    if (write.flag == KeyFlag::kDeleteVersion) {
      std::erase_if(state, has_its_time);
    } else if (write.flag != KeyFlag::kInsert) {
      std::erase_if(state, [&](const Cell& version) { return version.timestamp <= write.timestamp; });
    } else {
      if (!rules.counter) std::erase_if(state, has_its_time);
      state.push_back(write);
      SortByKey(&state);
      if (rules.max_versions > 0 && state.size() > static_cast<size_t>(rules.max_versions)) state.pop_back();
    }
  }
  std::erase_if(state, [&](const Cell& version) { return IsExpired(version, now_); });
  return state;
}

Cells Evaluation::StateOfRow(const Cells& row) const {
  std::map<std::pair<FamilyId, std::string>, Cells> columns;
  for (const Cell& cell : row)
    if (cell.flag == KeyFlag::kInsert) columns[{cell.family, cell.qualifier}];
  Cells state;
  for (auto& [column, writes] : columns) {
    for (const Cell& cell : row) {
      const bool concerns_column = cell.flag == KeyFlag::kDeleteRow ||
                                   (cell.flag == KeyFlag::kDeleteFamily && cell.family == column.first) ||
                                   (cell.family == column.first && cell.qualifier == column.second);
      if (concerns_column) writes.push_back(cell);
    }
    const Cells versions = StateOfColumn(column.first, writes);
    state.insert(state.end(), versions.begin(), versions.end());
  }
  SortByKey(&state);
  return state;
}

Cells Evaluation::StoredCells(const Cells& row) const {
  Cells stored;
  for (const Cell& cell : row)
    if (cell.flag != KeyFlag::kInsert || spec_.expired_too || !IsExpired(cell, now_)) stored.push_back(cell);
  SortByKey(&stored);
  return stored;
}

void Evaluation::SortByKey(Cells* cells) const {
  const auto less = [this](const Cell& a, const Cell& b) {
    const auto left = std::tie(a.row, a.family, a.qualifier, a.flag);
    const auto right = std::tie(b.row, b.family, b.qualifier, b.flag);
    if (left != right) return left < right;
    if (a.timestamp != b.timestamp) {
      const bool oldest_first = a.family != FamilyId{} && schema_.rules(a.family).oldest_first;
      return (a.timestamp < b.timestamp) == oldest_first;
    }
    return a.revision > b.revision;
  };
  std::sort(cells->begin(), cells->end(), less);
}

// ---- Section 2

Status Evaluation::FoldCounters(Cells* cells) const {
  Cells folded;
  for (size_t i = 0; i < cells->size();) {
    const Cell& first = (*cells)[i];
    if (first.flag != KeyFlag::kInsert || !schema_.rules(first.family).counter) {
      folded.push_back(first);
      ++i;
      continue;
    }
    Cells updates;
    for (; i < cells->size() && (*cells)[i].family == first.family && (*cells)[i].qualifier == first.qualifier; ++i)
      updates.push_back((*cells)[i]);
    std::sort(updates.begin(), updates.end(), [](const Cell& a, const Cell& b) { return a.revision < b.revision; });
    Cell sum = updates.back();
    int64_t total = 0;
    for (const Cell& update : updates) {
      ASSIGN_OR_RETURN(const CounterUpdate change, CounterUpdate::Decode(update.value));
      total = change.reset ? change.amount : AddCounters(total, change.amount);
      sum.timestamp = std::max(sum.timestamp, update.timestamp);
    }
    sum.value = std::to_string(total);
    folded.push_back(std::move(sum));
  }
  *cells = std::move(folded);
  return common::Status();
}

void Evaluation::LimitVersions(Cells* cells) const {
  if (spec_.max_versions == 0 || spec_.return_deletes) return;
  std::map<std::pair<FamilyId, std::string>, uint32_t> counts;
  std::erase_if(*cells, [&](const Cell& c) { return ++counts[{c.family, c.qualifier}] > spec_.max_versions; });
}

Result<Cells> Evaluation::VisibleCells(const Cells& row) const {
  Cells cells = spec_.return_deletes ? StoredCells(row) : StateOfRow(row);
  std::erase_if(cells, [this](const Cell& cell) {
    const bool after_end = spec_.end_time != kMaxTimestamp && cell.timestamp >= spec_.end_time;
    return cell.timestamp < spec_.start_time || (after_end && cell.flag == KeyFlag::kInsert);
  });
  if (!spec_.return_deletes) RETURN_IF_ERROR(FoldCounters(&cells));
  LimitVersions(&cells);
  return cells;
}

// ---- Section 3

bool Evaluation::RowPasses(const PredicateTree& tree, const std::string& row, const Cells& visible,
                           size_t* next_leaf) const {
  if (tree.kind == PredicateTree::Kind::kRow) {
    const bool matches = tree.row.regex.empty() || Regex::Compile(tree.row.regex)->Matches(row);  // it was checked
    return matches && tree.row.rows.Contains(row);
  }
  if (tree.kind == PredicateTree::Kind::kLeaf) {
    const Leaf& leaf = leaves_[(*next_leaf)++];
    return std::any_of(visible.begin(), visible.end(), [&](const Cell& cell) { return leaf.Matches(cell); });
  }
  bool all = true;
  bool any = false;
  for (const PredicateTree& child : tree.children) {
    const bool passes = RowPasses(child, row, visible, next_leaf);
    all = all && passes;
    any = any || passes;
  }
  return tree.kind == PredicateTree::Kind::kAnd ? all : any;
}

bool Evaluation::CellPasses(const Cell& cell) const {
  if (spec_.predicates.empty() || spec_.predicate_mode == PredicateMode::kPerRow) return true;
  if (cell.flag != KeyFlag::kInsert) return true;
  return std::any_of(leaves_.begin(), leaves_.end(), [&](const Leaf& leaf) { return leaf.Matches(cell); });
}

// ---- Section 4

bool Evaluation::IsSelected(const Cell& cell) const {
  if (!spec_.columns.empty() && cell.flag != KeyFlag::kDeleteRow) {
    const auto names_it = [&](const Selector& selector) {
      return selector.family == cell.family &&
             (cell.flag == KeyFlag::kDeleteFamily || selector.qualifier.Matches(cell.qualifier));
    };
    if (std::none_of(selectors_.begin(), selectors_.end(), names_it)) return false;
  }
  if (row_regex_ && !row_regex_->Matches(cell.row)) return false;
  const bool has_text = cell.flag == KeyFlag::kInsert && !schema_.rules(cell.family).counter;
  return !value_regex_ || !has_text || value_regex_->Matches(cell.value);
}

/// Where `cell` lies to what the bound names: -1 before, 0 within, 1 after.
int Place(const Cell& cell, const CellBound& bound, FamilyId family) {
  if (cell.row != bound.row) return cell.row < bound.row ? -1 : 1;
  if (bound.depth == CellBound::Depth::kRow) return 0;
  if (cell.family != family) return cell.family < family ? -1 : 1;
  if (bound.depth == CellBound::Depth::kFamily) return 0;
  if (cell.qualifier != bound.qualifier) return cell.qualifier < bound.qualifier ? -1 : 1;
  return 0;
}

bool Evaluation::IsAfterStart(const Cell& cell, const CellBound& bound) const {
  if (bound.depth == CellBound::Depth::kUnbounded) return true;
  const auto family = bound_families_.find(bound.family);
  const int place = Place(cell, bound, family == bound_families_.end() ? FamilyId{} : family->second);
  return place > 0 || (place == 0 && bound.inclusive);
}

bool Evaluation::IsBeforeEnd(const Cell& cell, const CellBound& bound) const {
  if (bound.depth == CellBound::Depth::kUnbounded) return true;
  const auto family = bound_families_.find(bound.family);
  const int place = Place(cell, bound, family == bound_families_.end() ? FamilyId{} : family->second);
  return place < 0 || (place == 0 && bound.inclusive);
}

Cells Evaluation::ApplyIntervals(const Cells& cells) const {
  const auto is_in = [&](const Cell& cell, size_t i) {
    if (!spec_.row_intervals.empty()) return spec_.row_intervals[i].Contains(cell.row);
    const CellInterval& interval = spec_.cell_intervals[i];
    return IsAfterStart(cell, interval.start) && IsBeforeEnd(cell, interval.end);
  };
  const size_t count = spec_.row_intervals.size() + spec_.cell_intervals.size();
  if (count == 0) return ApplyLimits(cells);
  if (spec_.interval_mode == IntervalMode::kUnion || spec_.scan_and_filter_rows) {
    Cells inside;
    for (const Cell& cell : cells) {
      bool in_any = false;
      for (size_t i = 0; i < count; ++i) in_any = in_any || is_in(cell, i);
      if (in_any) inside.push_back(cell);
    }
    return ApplyLimits(inside);
  }
  Cells result;
  for (size_t i = 0; i < count; ++i) {
    Cells inside;
    for (const Cell& cell : cells)
      if (is_in(cell, i)) inside.push_back(cell);
    const Cells limited = ApplyLimits(inside);
    result.insert(result.end(), limited.begin(), limited.end());
  }
  return result;
}

// ---- Section 5

Cells Evaluation::ApplyLimits(const Cells& cells) const {
  Cells result;
  std::map<std::pair<std::string, FamilyId>, uint64_t> family_counts;
  uint64_t row_count = 0;
  uint64_t cell_count = 0;
  const std::string* row = nullptr;
  for (const Cell& cell : cells) {
    if (spec_.cell_limit_per_family > 0 && ++family_counts[{cell.row, cell.family}] > spec_.cell_limit_per_family)
      continue;
    if (row == nullptr || *row != cell.row) ++row_count;
    row = &cell.row;
    if (row_count <= spec_.row_offset) continue;
    if (spec_.row_limit > 0 && row_count - spec_.row_offset > spec_.row_limit) break;
    ++cell_count;
    if (cell_count <= spec_.cell_offset) continue;
    if (spec_.cell_limit > 0 && cell_count - spec_.cell_offset > spec_.cell_limit) break;
    result.push_back(cell);
    if (spec_.keys_only) result.back().value.clear();
  }
  return result;
}

Result<Cells> Evaluation::Run(const Cells& history) {
  std::map<std::string, Cells> rows;
  for (const Cell& cell : history) {
    if (cell.revision <= snapshot_) now_ = std::max(now_, cell.revision.get());
    const bool has_family = cell.flag == KeyFlag::kDeleteRow || schema_.is_live(cell.family);
    if (has_family && cell.revision <= snapshot_) rows[cell.row].push_back(cell);
  }
  Cells survivors;
  for (const auto& [name, row] : rows) {
    ASSIGN_OR_RETURN(const Cells visible, VisibleCells(row));
    size_t next_leaf = 0;
    if (!spec_.predicates.empty() && spec_.predicate_mode == PredicateMode::kPerRow &&
        !RowPasses(spec_.predicates, name, visible, &next_leaf))
      continue;
    for (const Cell& cell : visible)
      if (CellPasses(cell) && IsSelected(cell)) survivors.push_back(cell);
  }
  return ApplyIntervals(survivors);
}

}  // namespace

Result<std::vector<Cell>> Evaluate(const Schema& schema, const std::vector<Cell>& history, const ScanSpec& spec,
                                   Revision snapshot, Nanos now) {
  Evaluation evaluation(schema, spec, snapshot, now);
  RETURN_IF_ERROR(evaluation.Resolve());
  return evaluation.Run(history);
}

}  // namespace cellar::model
