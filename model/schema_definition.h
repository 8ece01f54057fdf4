#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "model/ids.h"
#include "model/schema_options.h"

namespace cellar::model {

inline constexpr std::string_view kDefaultAccessGroup = "default";

/// What a secondary index finds rows by.
enum class IndexKind : uint8_t { kValue = 0, kQualifier = 1 };
inline constexpr IndexKind kIndexKinds[] = {IndexKind::kValue, IndexKind::kQualifier};

/// A column family as written.
struct ColumnFamily {
  std::string name;
  std::string access_group = std::string(kDefaultAccessGroup);
  FamilyId id;                  ///< 0: to be given.
  SchemaGeneration generation;  ///< Of the schema that last changed it.
  bool deleted = false;         ///< Dropped: its cells are out of sight; its id is never used again.
  bool value_index = false;
  bool qualifier_index = false;
  // The index is kept, but may lack cells that are older than it: it is not to be read until REBUILD INDICES is done.
  bool value_index_building = false;
  bool qualifier_index_building = false;
  ColumnFamilyOptions options;

  bool& has_index(IndexKind kind) { return kind == IndexKind::kValue ? value_index : qualifier_index; }
  bool has_index(IndexKind kind) const { return kind == IndexKind::kValue ? value_index : qualifier_index; }
  bool& index_building(IndexKind kind) {
    return kind == IndexKind::kValue ? value_index_building : qualifier_index_building;
  }
  bool index_building(IndexKind kind) const {
    return kind == IndexKind::kValue ? value_index_building : qualifier_index_building;
  }

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
  std::optional<TableId> value_index_table;  ///< Where the entries are; given by the master.
  std::optional<TableId> qualifier_index_table;

  std::optional<TableId>& index_table(IndexKind kind) {
    return kind == IndexKind::kValue ? value_index_table : qualifier_index_table;
  }
  const std::optional<TableId>& index_table(IndexKind kind) const {
    return kind == IndexKind::kValue ? value_index_table : qualifier_index_table;
  }
  /// Some family has an index of the kind.
  bool HasIndex(IndexKind kind) const;

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
