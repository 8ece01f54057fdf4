#include "tests/hql/where_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "common/time/datetime.h"
#include "hql/lexer.h"

namespace cellar::tests {

namespace {

using hql::QuoteString;
using Cells = std::vector<WhereCell>;

constexpr Nanos kFirstTime = 1'000'000'000 * kSecond;
constexpr int kTimes = 8;
const std::vector<std::string> kFamilies = {"a", "b", "c"};
const std::vector<std::string> kQualifiers = {"", "p", "pq", "q", "x y"};
const std::vector<std::string> kValues = {"", "1", "12", "2", "red", "reddish", "tab\there", "\xff"};

/// How a row compares, by bytes.
bool Compares(const std::string& row, const std::string& op, const std::string& bound) {
  if (op == "=") return row == bound;
  if (op == "<") return row < bound;
  if (op == "<=") return row <= bound;
  if (op == ">") return row > bound;
  if (op == ">=") return row >= bound;
  return row.starts_with(bound);
}

std::string Turned(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

/// Limits and offsets as the page on scans says: per family first, then rows, then cells.
struct Limits {
  std::optional<uint64_t> versions, rows, row_offset, cells, cell_offset, per_family;

  std::string Text() const {
    std::string text;
    const auto add = [&text](const char* name, const std::optional<uint64_t>& value) {
      if (value) text += fmt::format(" {} {}", name, *value);
    };
    add("MAX_VERSIONS", versions);
    add("LIMIT", rows);
    add("OFFSET", row_offset);
    add("CELL_LIMIT", cells);
    add("CELL_OFFSET", cell_offset);
    add("CELL_LIMIT_PER_FAMILY", per_family);
    return text;
  }
};

Cells NewestVersions(const Cells& cells, uint64_t versions) {
  Cells kept;
  std::map<std::string, uint64_t> seen;
  for (const WhereCell& cell : cells) {
    if (versions == 0 || seen[cell.family + ":" + cell.qualifier]++ < versions) kept.push_back(cell);
  }
  return kept;
}

Cells FirstOfFamilies(const Cells& cells, uint64_t limit) {
  Cells kept;
  std::map<std::string, uint64_t> seen;
  for (const WhereCell& cell : cells) {
    if (limit == 0 || seen[cell.family]++ < limit) kept.push_back(cell);
  }
  return kept;
}

std::string Line(const std::string& row, const WhereCell& cell) {
  std::string value;
  for (const char c : cell.value) value += c == '\t' ? std::string("\\t") : std::string(1, c);
  return row + "\t" + cell.column() + "\t" + value + "\n";
}

std::string LinesWithin(const std::vector<std::pair<std::string, Cells>>& rows, const Limits& limits) {
  std::string lines;
  uint64_t row_number = 0;
  uint64_t cell_number = 0;
  const uint64_t row_offset = limits.row_offset.value_or(0);
  const uint64_t cell_offset = limits.cell_offset.value_or(0);
  for (const auto& [row, cells] : rows) {
    if (cells.empty()) continue;
    const uint64_t at = row_number++;
    if (at < row_offset) continue;
    if (limits.rows.value_or(0) > 0 && at >= row_offset + *limits.rows) break;
    for (const WhereCell& cell : cells) {
      const uint64_t number = cell_number++;
      if (number < cell_offset) continue;
      if (limits.cells.value_or(0) > 0 && number >= cell_offset + *limits.cells) break;
      lines += Line(row, cell);
    }
  }
  return lines.empty() ? "ok" : lines;
}

}  // namespace

std::string WhereWorld::Pick(const std::vector<std::string>& choices) {
  return choices[random_.Uniform(choices.size())];
}

std::string WhereWorld::RandomRow() {
  std::string row(1 + random_.Uniform(3), 'a');
  for (char& c : row) c = static_cast<char>("abc\xff"[random_.Uniform(4)]);
  return row;
}

std::vector<std::string> WhereWorld::MakeTable() {
  table_.clear();
  std::vector<std::string> statements = {"DROP TABLE IF EXISTS w", "CREATE TABLE w (a, b, c, ACCESS GROUP g (b))"};
  std::string tuples;
  const uint64_t rows = 5 + random_.Uniform(20);
  for (uint64_t i = 0; i < rows; ++i) {
    const std::string row = RandomRow();
    std::set<std::pair<std::string, Nanos>> taken;
    Cells cells;
    for (uint64_t j = 1 + random_.Uniform(8); j > 0; --j) {
      WhereCell cell;
      cell.family = Pick(kFamilies);
      cell.qualifier = Pick(kQualifiers);
      cell.timestamp = kFirstTime + static_cast<Nanos>(random_.Uniform(kTimes)) * kSecond;
      cell.value = Pick(kValues);
      if (taken.emplace(cell.family + ":" + cell.qualifier, cell.timestamp).second) cells.push_back(std::move(cell));
    }
    if (!table_.emplace(row, cells).second) continue;
    for (const WhereCell& cell : cells) {
      tuples +=
          fmt::format("{}('{}', {}, {}, {})", tuples.empty() ? "" : ", ", common::FormatDateTimeUtc(cell.timestamp),
                      QuoteString(row), QuoteString(cell.column()), QuoteString(cell.value));
    }
  }
  for (auto& [row, cells] : table_) {
    std::sort(cells.begin(), cells.end(), [](const WhereCell& a, const WhereCell& b) {
      return std::tie(a.family, a.qualifier, b.timestamp) < std::tie(b.family, b.qualifier, a.timestamp);
    });
  }
  statements.push_back("INSERT INTO w VALUES " + tuples);
  return statements;
}

WhereWorld::Condition WhereWorld::Join(Condition a, Condition b, bool is_or) {
  Condition joined;
  joined.text = "(" + a.text + (is_or ? " OR " : " AND ") + b.text + ")";
  joined.holds = [a = std::move(a.holds), b = std::move(b.holds), is_or](const std::string& row, const Cells& cells) {
    return is_or ? a(row, cells) || b(row, cells) : a(row, cells) && b(row, cells);
  };
  return joined;
}

WhereWorld::Condition WhereWorld::RowComparison() {
  Condition condition;
  const std::string bound = RandomRow();
  if (random_.Uniform(3) == 0) {  // 'a' <= ROW < 'b'
    std::string end = RandomRow();
    const std::string low = std::min(bound, end);
    end = std::max(bound, end);
    const std::string first = Pick({"<", "<="});
    const std::string second = Pick({"<", "<="});
    condition.text = QuoteString(low) + " " + first + " ROW " + second + " " + QuoteString(end);
    condition.holds = [=](const std::string& row, const Cells&) {
      return Compares(row, Turned(first), low) && Compares(row, second, end);
    };
    return condition;
  }
  const bool reversed = random_.Uniform(3) == 0;
  const std::string op = reversed ? Pick({"=", "<", "<=", ">", ">="}) : Pick({"=", "<", "<=", ">", ">=", "=^"});
  condition.text = reversed ? QuoteString(bound) + " " + op + " ROW" : "ROW " + op + " " + QuoteString(bound);
  const std::string compared = reversed ? Turned(op) : op;
  condition.holds = [=](const std::string& row, const Cells&) { return Compares(row, compared, bound); };
  return condition;
}

WhereWorld::Condition WhereWorld::RowsJoined(int depth) {
  if (depth == 0 || random_.Uniform(3) == 0) return RowComparison();
  Condition a = RowsJoined(depth - 1);
  return Join(std::move(a), RowsJoined(depth - 1), random_.Uniform(2) == 0);
}

WhereWorld::Condition WhereWorld::ColumnCondition() {
  const std::string family = Pick(kFamilies);
  const std::string qualifier = Pick(kQualifiers);
  const std::string value = Pick({"1", "red", "2", "tab\there", ""});
  std::string column = family;
  std::function<bool(const WhereCell&)> at_column = [family](const WhereCell& c) { return c.family == family; };
  switch (random_.Uniform(5)) {
    case 0:
      break;
    case 1:
      column += ":*";
      break;
    case 2:
      column += ":" + QuoteString(qualifier);
      at_column = [=](const WhereCell& c) { return c.family == family && c.qualifier == qualifier; };
      break;
    case 3:
      column += ":^" + QuoteString(qualifier);
      at_column = [=](const WhereCell& c) { return c.family == family && c.qualifier.starts_with(qualifier); };
      break;
    default:
      column += ":/q$/";
      at_column = [=](const WhereCell& c) { return c.family == family && c.qualifier.ends_with('q'); };
  }
  Condition condition;
  std::function<bool(const std::string&)> has_value;
  switch (random_.Uniform(5)) {
    case 0:
      condition.text = "EXISTS(" + column + ")";
      has_value = [](const std::string&) { return true; };
      break;
    case 1:
      condition.text = column + " = " + QuoteString(value);
      has_value = [value](const std::string& v) { return v == value; };
      break;
    case 2:
      condition.text = column + " =^ " + QuoteString(value);
      has_value = [value](const std::string& v) { return v.starts_with(value); };
      break;
    case 3:
      condition.text = column + " =~ /^[0-9]+$/";
      has_value = [](const std::string& v) {
        return !v.empty() && v.find_first_not_of("0123456789") == std::string::npos;
      };
      break;
    default:
      condition.text = "REGEXP(" + column + ", 'dish')";
      has_value = [](const std::string& v) { return v.find("dish") != std::string::npos; };
  }
  condition.holds = [=](const std::string&, const Cells& cells) {
    return std::any_of(cells.begin(), cells.end(),
                       [&](const WhereCell& cell) { return at_column(cell) && has_value(cell.value); });
  };
  return condition;
}

WhereWorld::Condition WhereWorld::ColumnsJoined(int depth) {
  if (depth == 0 || random_.Uniform(3) == 0) return ColumnCondition();
  Condition a = ColumnsJoined(depth - 1);
  return Join(std::move(a), ColumnsJoined(depth - 1), random_.Uniform(2) == 0);
}

WhereWorld::Condition WhereWorld::RowRegex() {
  return {"ROW REGEXP '^a|b$'",
          [](const std::string& row, const Cells&) { return row.starts_with('a') || row.ends_with('b'); }};
}

WhereWorld::Condition WhereWorld::AnyValue() {
  return {"VALUE REGEXP '2|sh$'", [](const std::string&, const Cells& cells) {
            return std::any_of(cells.begin(), cells.end(), [](const WhereCell& cell) {
              return cell.value.find('2') != std::string::npos || cell.value.ends_with("sh");
            });
          }};
}

WhereWorld::Condition WhereWorld::MixedJoined(int depth) {
  if (depth == 0 || random_.Uniform(4) == 0) {
    const uint64_t kind = random_.Uniform(6);
    if (kind < 2) return kind == 0 ? RowRegex() : AnyValue();
    return kind < 4 ? RowComparison() : ColumnCondition();
  }
  Condition a = MixedJoined(depth - 1);
  return Join(std::move(a), MixedJoined(depth - 1), random_.Uniform(3) > 0);
}

WhereWorld::CellCondition WhereWorld::CellComparison() {
  const std::string bound_row = RandomRow();
  const std::string family = Pick(kFamilies);
  const bool has_qualifier = random_.Uniform(3) > 0;
  const std::string qualifier = Pick(kQualifiers);
  const bool reversed = random_.Uniform(3) == 0;
  const std::string op = reversed ? Pick({"=", "<", "<=", ">", ">="}) : Pick({"=", "<", "<=", ">", ">=", "=^"});
  const std::string bound =
      QuoteString(bound_row) + "," + QuoteString(has_qualifier ? family + ":" + qualifier : family);
  CellCondition condition;
  condition.text = reversed ? bound + " " + op + " CELL" : "CELL " + op + " " + bound;
  const std::string compared = reversed ? Turned(op) : op;
  condition.holds = [=](const std::string& row, const WhereCell& cell) {
    if (compared == "=^") {
      const bool at_column = row == bound_row && cell.family == family;
      return at_column && (!has_qualifier || cell.qualifier.starts_with(qualifier));
    }
    const std::string of_cell = has_qualifier ? cell.qualifier : "";
    const std::string of_bound = has_qualifier ? qualifier : "";
    const auto here = std::tie(row, cell.family, of_cell);
    const auto there = std::tie(bound_row, family, of_bound);
    const bool is_equal = here == there;
    const bool is_less = here < there;
    if (compared == "=") return is_equal;
    if (compared == "<" || compared == "<=") return is_less || (is_equal && compared == "<=");
    return !is_less && (!is_equal || compared == ">=");
  };
  return condition;
}

WhereWorld::CellCondition WhereWorld::CellsJoined() {
  std::vector<CellCondition> operands(1, CellComparison());
  while (random_.Uniform(2) == 0 && operands.size() < 4) {
    if (random_.Uniform(2) == 0) {
      operands.push_back(CellComparison());
      continue;
    }
    Condition rows = RowsJoined(1);
    operands.push_back(
        {rows.text, [holds = rows.holds](const std::string& row, const WhereCell&) { return holds(row, Cells()); }});
  }
  for (size_t i = operands.size(); i > 1; --i) std::swap(operands[i - 1], operands[random_.Uniform(i)]);
  CellCondition all;
  for (const CellCondition& operand : operands) all.text += (all.text.empty() ? "(" : " OR ") + operand.text;
  all.text += ")";
  all.holds = [operands](const std::string& row, const WhereCell& cell) {
    return std::any_of(operands.begin(), operands.end(),
                       [&](const CellCondition& one) { return one.holds(row, cell); });
  };
  return all;
}

WhereWorld::CellCondition WhereWorld::Values() {
  if (random_.Uniform(2) == 0) {
    return {"VALUE REGEXP '2'",
            [](const std::string&, const WhereCell& cell) { return cell.value.find('2') != std::string::npos; }};
  }
  return {"(VALUE REGEXP '^1|^r' OR VALUE REGEXP '2')", [](const std::string&, const WhereCell& cell) {
            return cell.value.starts_with('1') || cell.value.starts_with('r') ||
                   cell.value.find('2') != std::string::npos;
          }};
}

WhereQuestion WhereWorld::Ask() {
  const auto one_in = [this](uint64_t n) { return random_.Uniform(n) == 0; };
  std::vector<Condition> conditions;
  std::vector<CellCondition> of_cells;
  if (one_in(4)) of_cells.push_back(CellsJoined());  // then no ROW beside it
  while (of_cells.empty() && one_in(2) && conditions.size() < 3) conditions.push_back(RowsJoined(2));
  while (one_in(2) && conditions.size() < 5) conditions.push_back(ColumnsJoined(2));
  if (one_in(3)) {
    Condition other = of_cells.empty() ? MixedJoined(2) : ColumnCondition();
    conditions.push_back(Join(MixedJoined(2), std::move(other), /*is_or=*/true));
  }
  if (one_in(4)) {
    conditions.push_back(
        {"ROW REGEXP 'b'", [](const std::string& row, const Cells&) { return row.find('b') != std::string::npos; }});
  }
  std::vector<std::string> texts;
  if (one_in(4)) of_cells.push_back(Values());
  for (const Condition& condition : conditions) texts.push_back(condition.text);
  for (const CellCondition& condition : of_cells) texts.push_back(condition.text);
  Nanos from = 0;
  if (one_in(3)) {
    from = kFirstTime + static_cast<Nanos>(random_.Uniform(kTimes)) * kSecond;
    texts.push_back("TIMESTAMP >= '" + common::FormatDateTimeUtc(from) + "'");
  }
  for (size_t i = texts.size(); i > 1; --i) std::swap(texts[i - 1], texts[random_.Uniform(i)]);

  Limits limits;
  const auto maybe = [&](std::optional<uint64_t>* limit, uint64_t most) {
    if (one_in(4)) *limit = random_.Uniform(most);
  };
  maybe(&limits.versions, 3);
  maybe(&limits.rows, 6);
  maybe(&limits.row_offset, 4);
  maybe(&limits.cells, 12);
  maybe(&limits.cell_offset, 6);
  maybe(&limits.per_family, 4);
  const std::string only = one_in(3) ? Pick(kFamilies) : "";

  WhereQuestion question;
  question.statement = "SELECT " + (only.empty() ? "*" : only) + " FROM w";
  for (size_t i = 0; i < texts.size(); ++i) question.statement += (i == 0 ? " WHERE " : " AND ") + texts[i];
  question.statement += limits.Text();

  std::vector<std::pair<std::string, Cells>> rows;
  for (const auto& [row, all] : table_) {
    Cells cells = all;
    std::erase_if(cells, [&](const WhereCell& cell) { return cell.timestamp < from; });
    cells = NewestVersions(cells, limits.versions.value_or(0));
    const bool holds = std::all_of(conditions.begin(), conditions.end(),
                                   [&, &name = row](const Condition& c) { return c.holds(name, cells); });
    if (!holds) continue;
    std::erase_if(cells, [&, &name = row](const WhereCell& cell) {
      const bool is_selected = only.empty() || cell.family == only;
      return !is_selected || !std::all_of(of_cells.begin(), of_cells.end(),
                                          [&](const CellCondition& c) { return c.holds(name, cell); });
    });
    rows.emplace_back(row, FirstOfFamilies(cells, limits.per_family.value_or(0)));
  }
  question.answer = LinesWithin(rows, limits);
  return question;
}

}  // namespace cellar::tests
