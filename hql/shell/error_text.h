#pragma once

#include <string>

#include "common/base/status.h"
#include "hql/parse_error.h"
#include "hql/statement_splitter.h"

namespace cellar::hql {

/// "error 11: line 1, column 10: expected FROM, found 'FORM'"; codes of several families in hexadecimal.
std::string ErrorText(const Status& status);

/// The line of the statement that the error is in, and below it a '^' at the place:
///
///       SELECT * FORM t
///                ^
std::string PointAt(const SplitStatement& statement, const ParseError& error);

}  // namespace cellar::hql
