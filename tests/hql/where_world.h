#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/random/random.h"
#include "common/time/clock.h"
#include "tests/hql/golden_session.h"

namespace cellar::tests {

/// One version of a cell of the table under test.
struct WhereCell {
  std::string family;
  std::string qualifier;
  Nanos timestamp = 0;
  std::string value;

  WhereCell() = default;
  std::string column() const { return qualifier.empty() ? family : family + ":" + qualifier; }
};

/// The table as written: rows, each with its cells in the order in which they are read.
using WhereTable = std::map<std::string, std::vector<WhereCell>>;

/// A random SELECT with the lines it has to answer.
struct WhereQuestion {
  std::string statement;
  std::string answer;  ///< "ok" when there are none.

  WhereQuestion() = default;
};

/// Makes tables and questions about them, and answers these by looking at every cell: an evaluation of WHERE, limits
/// and offsets that shares nothing with the one under test but the page that says what they mean.
class WhereWorld {
 public:
  explicit WhereWorld(common::Random& random) : random_(random) {}

  /// Statements that make and fill table `w`.
  std::vector<std::string> MakeTable();

  WhereQuestion Ask();

 private:
  /// A condition in words and as a function of a row and those of its cells that are within the time asked for.
  struct Condition {
    std::string text;
    std::function<bool(const std::string& row, const std::vector<WhereCell>& cells)> holds;
  };

  /// A condition that chooses cells, in words and as a function.
  struct CellCondition {
    std::string text;
    std::function<bool(const std::string& row, const WhereCell& cell)> holds;
  };

  std::string RandomRow();
  std::string Pick(const std::vector<std::string>& choices);
  Condition RowComparison();
  Condition RowsJoined(int depth);
  Condition ColumnCondition();
  Condition ColumnsJoined(int depth);
  Condition RowRegex();
  Condition AnyValue();
  /// Rows, columns and values under one another.
  Condition MixedJoined(int depth);
  Condition Join(Condition a, Condition b, bool is_or);
  CellCondition CellComparison();
  /// CELL, and CELL and ROW under OR.
  CellCondition CellsJoined();
  /// VALUE REGEXP, and two of them under OR.
  CellCondition Values();

  common::Random& random_;
  WhereTable table_;
};

}  // namespace cellar::tests
