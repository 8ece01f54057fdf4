#include "model/pseudo_table.h"

#include <cstdint>
#include <utility>

#include "common/base/check.h"
#include "model/error_codes.h"

namespace cellar::model {

namespace {

constexpr std::string_view kMark = "^.";
/// No table's, and newer than any: nobody takes a table's schema for a newer one of it.
constexpr SchemaGeneration kGeneration{INT64_MAX};

/// Where the mark stands, behind at least one character of the last name of the path; npos: nowhere.
size_t FindMark(std::string_view path) {
  const size_t slash = path.rfind('/');
  const size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  return path.find(kMark, name + 1);
}

}  // namespace

Result<std::optional<PseudoTableName>> ParsePseudoTable(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const size_t mark = FindMark(path);
  if (mark == std::string_view::npos) return std::optional<PseudoTableName>();
  PseudoTableName name;
  name.table_path = path.substr(0, mark);
  name.part = path.substr(mark + kMark.size());
  if (name.part != kCellStoreIndex) {
    return common::InvalidArgument("there is no pseudo-table '^." + name.part + "'; there is ^." +
                                   std::string(kCellStoreIndex))
        .WithDetail(kBadPseudoTable);
  }
  return std::optional<PseudoTableName>(std::move(name));
}

Status CheckNoPseudoTable(std::string_view path) {
  ASSIGN_OR_RETURN(const std::optional<PseudoTableName> name, ParsePseudoTable(path));
  return name ? PseudoTableIsReadOnly() : common::OkStatus();
}

Status PseudoTableIsReadOnly() {
  return common::InvalidArgument("a pseudo-table is only read").WithDetail(kUnsupportedOperation);
}

std::shared_ptr<const Schema> CellStoreIndexSchema() {
  SchemaDefinition definition;
  definition.generation = kGeneration;
  AccessGroup& group = definition.groups.emplace_back();
  group.name = "default";
  group.generation = kGeneration;
  constexpr std::pair<std::string_view, FamilyId> kFamilies[] = {
      {"Size", cellstore_index_family::kSize},
      {"CompressedSize", cellstore_index_family::kCompressedSize},
      {"KeyCount", cellstore_index_family::kKeyCount},
  };
  for (const auto& [name, id] : kFamilies) {
    ColumnFamily& family = definition.families.emplace_back();
    family.name = name;
    family.id = id;
    family.access_group = group.name;
    family.generation = kGeneration;
  }
  Result<Schema> schema = Schema::FromDefinition(std::move(definition));
  CHECK(schema.ok());
  return std::make_shared<const Schema>(std::move(schema).value());
}

bool IsPseudo(const Schema& schema) {
  return schema.generation() == kGeneration;
}

}  // namespace cellar::model
