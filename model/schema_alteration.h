#pragma once

#include <string>
#include <variant>
#include <vector>

#include "model/schema_definition.h"

namespace cellar::model {

// The alterations of ALTER TABLE, in the order written; Schema::Alter applies them as one new generation.

/// ADD (…): new families, new access groups, indexes on families that exist or are being added.
struct AddToSchema {
  std::vector<ColumnFamily> families;
  std::vector<AccessGroup> groups;
  std::vector<std::string> value_indexes;
  std::vector<std::string> qualifier_indexes;
};

/// MODIFY (…): replaces the options of families and groups that exist; what is not written reverts to defaults.
struct ModifySchema {
  struct Group {
    AccessGroup group;
    std::vector<std::string> family_names;  ///< All live families of the group, as MODIFY must list them.
  };
  std::vector<ColumnFamily> families;
  std::vector<Group> groups;
};

/// DROP (cf, …)
struct DropFamilies {
  std::vector<std::string> names;
};

/// DROP [VALUE] INDEX (cf, …) or DROP QUALIFIER INDEX (cf, …)
struct DropIndexes {
  bool qualifier = false;
  std::vector<std::string> names;
};

/// RENAME COLUMN FAMILY (old, new)
struct RenameFamily {
  std::string old_name;
  std::string new_name;
};

using SchemaAlteration = std::variant<AddToSchema, ModifySchema, DropFamilies, DropIndexes, RenameFamily>;

}  // namespace cellar::model
