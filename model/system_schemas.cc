#include "model/system_schemas.h"

#include <string>
#include <utility>

#include "common/base/check.h"

namespace cellar::model {

namespace {

ColumnFamily Family(std::string name, FamilyId id, std::string group, int32_t max_versions) {
  ColumnFamily family;
  family.name = std::move(name);
  family.id = id;
  family.access_group = std::move(group);
  family.generation = SchemaGeneration{1};
  family.options.max_versions = max_versions;
  return family;
}

AccessGroup Group(std::string name, bool in_memory) {
  AccessGroup group;
  group.name = std::move(name);
  group.generation = SchemaGeneration{1};
  if (in_memory) group.options.in_memory = true;
  return group;
}

std::shared_ptr<const Schema> Make(SchemaDefinition definition) {
  definition.generation = SchemaGeneration{1};
  Result<Schema> schema = Schema::FromDefinition(std::move(definition));
  CHECK(schema.ok());
  return std::make_shared<const Schema>(std::move(schema).value());
}

}  // namespace

std::shared_ptr<const Schema> MetadataSchema() {
  SchemaDefinition definition;
  definition.groups = {Group("default", false), Group("location", true)};
  definition.families = {
      Family("StartRow", metadata_family::kStartRow, "location", 1),
      Family("Location", metadata_family::kLocation, "location", 1),
      Family("Manifest", metadata_family::kManifest, "default", 1),
      Family("Epoch", metadata_family::kEpoch, "location", 1),
      Family("State", metadata_family::kState, "location", 1),
      Family("Incarnation", metadata_family::kIncarnation, "location", 1),
      Family("LogRefs", metadata_family::kLogRefs, "default", 1),
      Family("Intent", metadata_family::kIntent, "default", 1),
  };
  return Make(std::move(definition));
}

std::shared_ptr<const Schema> CatalogSchema() {
  SchemaDefinition definition;
  definition.groups = {Group("default", false)};
  definition.families = {
      Family("entry", catalog_family::kEntry, "default", 1),
      Family("path", catalog_family::kPath, "default", 1),
      Family("schema", catalog_family::kSchema, "default", 1),
      Family("incarnation", catalog_family::kIncarnation, "default", 1),
  };
  return Make(std::move(definition));
}

}  // namespace cellar::model
