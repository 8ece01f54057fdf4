#pragma once

#include <string>

#include "hql/ast.h"

namespace cellar::hql {

/// The statement in canonical HQL, on one line: parsing it gives the same statement. Times are in UTC. For logs, which
/// must not depend on how somebody laid out a statement, and for tests.
std::string StatementText(const Statement& statement);

/// One condition of UPDATE likewise.
std::string UpdateConditionText(const UpdateCondition& condition);

/// One condition of WHERE likewise.
std::string WhereText(const WhereExpression& where);

}  // namespace cellar::hql
