#pragma once

#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "hql/ast.h"
#include "hql/parse_error.h"

namespace cellar::hql {

/// Longest text of one statement: the largest value that a cell may hold, with every byte escaped as \xHH, fits.
inline constexpr size_t kMaxStatementBytes = 256 << 20;

/// Parses one statement, which must not end in ';'. Recursive descent, in one pass, time linear in the text.
///
/// `start`: the place of the text's first character, when the statement is part of something longer. Errors are
/// kInvalidArgument with public code 11, "line 1, column 15: expected FROM or ',', found 'FORM'"; statements of the
/// language that this version does not do yet are kUnsupported with code 31. `error`, when given, gets the parts of a
/// failure.
Result<Statement> ParseStatement(std::string_view text, Position start = Position(), ParseError* error = nullptr);

/// What the grammar would take after `text`, the beginning of a statement; empty when it is wrong already. In the order
/// of the grammar. For completion.
std::vector<Expectation> ExpectedAfter(std::string_view text);

}  // namespace cellar::hql
