#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "model/ids.h"
#include "model/schema_options.h"

namespace cellar::model {

inline constexpr std::string_view kDefaultAccessGroup = "default";

/// A column family as written.
struct ColumnFamily {
  std::string name;
  std::string access_group = std::string(kDefaultAccessGroup);
  FamilyId id;                  ///< 0: to be given.
  SchemaGeneration generation;  ///< Of the schema that last changed it.
  bool deleted = false;         ///< Dropped: its cells are out of sight; its id is never used again.
  bool value_index = false;
  bool qualifier_index = false;
  ColumnFamilyOptions options;

  friend bool operator==(const ColumnFamily&, const ColumnFamily&) = default;
};

/// An access group as written.
struct AccessGroup {
  std::string name;
  SchemaGeneration generation;
  AccessGroupOptions options;
  ColumnFamilyOptions family_defaults;

  friend bool operator==(const AccessGroup&, const AccessGroup&) = default;
};

/// A table's shape as plain data: what a parser fills in, what travels and what is stored. Nothing is checked but the
/// encoding; Schema::Create does that.
struct SchemaDefinition {
  SchemaGeneration generation;
  int32_t version = 0;
  std::vector<ColumnFamily> families;
  std::vector<AccessGroup> groups;
  AccessGroupOptions group_defaults;
  ColumnFamilyOptions family_defaults;
  uint32_t group_commit_interval_ms = 0;  ///< 0: none.
  Durability durability = Durability::kSync;

  ColumnFamily* FindFamily(std::string_view name);  ///< Among those not deleted; nullptr.
  AccessGroup* FindGroup(std::string_view name);
  const AccessGroup* FindGroup(std::string_view name) const;

  /// Versioned binary form, the same for the catalog and for messages (docs/internals/schema.md).
  std::string Encode() const;
  /// kCorruption; kUnsupported for a newer version.
  static Result<SchemaDefinition> Decode(std::string_view bytes);

  friend bool operator==(const SchemaDefinition&, const SchemaDefinition&) = default;
};

}  // namespace cellar::model
