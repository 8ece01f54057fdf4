#pragma once

#include <span>
#include <string>

#include "model/schema_definition.h"

namespace cellar::tests {

/// These column families, each in an access group of its own: a row then lies in several caches and files.
inline model::SchemaDefinition GroupedFamilies(std::span<const char* const> names) {
  model::SchemaDefinition definition;
  for (const char* name : names) {
    model::AccessGroup group;
    group.name = std::string("group_") + name;
    definition.groups.push_back(group);
    model::ColumnFamily family;
    family.name = name;
    family.access_group = group.name;
    definition.families.push_back(family);
  }
  return definition;
}

}  // namespace cellar::tests
