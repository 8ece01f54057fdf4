#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "hql/parse_error.h"
#include "hql/statement_splitter.h"

namespace cellar::hql {

/// "error 11: line 1, column 10: expected FROM, found 'FORM'"; codes of several families in hexadecimal.
std::string ErrorText(const Status& status);

/// The line of the statement that the error is in, and below it a mark at the token:
///
///       SELECT * FORM t
///                ^~~~
std::string PointAt(const SplitStatement& statement, const ParseError& error);

/// The keyword that was meant, when the token found is nearly one of those expected: " did you mean FROM?".
std::string Suggestion(const SplitStatement& statement, const ParseError& error);

/// `text` in lines of at most `width` columns, broken at blanks; all but the first after two blanks.
std::string WrapText(std::string_view text, size_t width);

}  // namespace cellar::hql
