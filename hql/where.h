#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/time/clock.h"
#include "hql/token.h"
#include "model/row_interval.h"
#include "model/scan_spec.h"

namespace cellar::hql {

// The conditions of WHERE. A leaf holds what the data model says about it; AND binds closer than OR.

/// ROW REGEXP 're'
struct RowRegex {
  std::string expression;
};

/// VALUE REGEXP 're'
struct ValueRegex {
  std::string expression;
};

/// [start, end) in nanoseconds; what is not bounded is absent.
struct TimeBounds {
  std::optional<Nanos> start;
  std::optional<Nanos> end;
};

struct WhereExpression;

/// Two or more conditions joined by the same word.
struct Junction {
  bool is_or = false;
  std::vector<WhereExpression> operands;
};

/// A condition with its place in the statement.
struct WhereExpression {
  Position position;
  std::variant<Junction, model::RowInterval, model::CellInterval, RowRegex, ValueRegex, TimeBounds,
               model::ColumnPredicate>
      condition;
};

/// Nesting of parentheses in WHERE.
inline constexpr int kMaxWhereDepth = 32;

}  // namespace cellar::hql
