#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "hql/ast.h"
#include "model/schema_alteration.h"
#include "model/schema_definition.h"

namespace cellar::hql {

// From CREATE TABLE and ALTER TABLE to the data model. Errors about names (a family in a group that is not defined,
// anything defined twice) point at the name and have public code 0x60002; what options mean is the model's to check.

/// Of the form with definitions.
Result<model::SchemaDefinition> ToSchemaDefinition(const CreateTable& create);

/// Of the form with alterations. `current` is the table's schema: a group that exists may take new families.
Result<std::vector<model::SchemaAlteration>> ToAlterations(const AlterTable& alter,
                                                           const model::SchemaDefinition& current);

/// What the user should know though the statement is good: compressors that stand for another one. One line each.
std::vector<std::string> SchemaWarnings(const model::SchemaDefinition& definition);

}  // namespace cellar::hql
