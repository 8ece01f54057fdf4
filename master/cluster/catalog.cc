#include "master/cluster/catalog.h"

#include <fmt/format.h>

#include <utility>

#include "model/system_schemas.h"

namespace cellar::master {
namespace {

using client::RowCondition;
using model::Cell;

constexpr std::string_view kPathPrefix = "path:";
constexpr std::string_view kTablePrefix = "table:";
constexpr std::string_view kNamespaceKind = "namespace\t";
constexpr std::string_view kTableKind = "table\t";

std::string PathRow(std::string_view path) {
  return std::string(kPathPrefix).append(path);
}

std::string TableRow(model::TableId table) {
  return std::string(kTablePrefix) + table.ToString();
}

std::string GenerationQualifier(model::SchemaGeneration generation) {
  return fmt::format("{:020}", generation.get());
}

Cell Insert(std::string row, model::FamilyId family, std::string qualifier, std::string value) {
  return Cell(std::move(row), family, std::move(qualifier), model::KeyFlag::kInsert, model::kAutomaticTimestamp,
              model::Revision(), std::move(value));
}

std::vector<Cell> DeleteRow(std::string row) {
  std::vector<Cell> cells;
  cells.emplace_back(std::move(row), model::FamilyId(), "", model::KeyFlag::kDeleteRow, model::kAutomaticTimestamp,
                     model::Revision(), "");
  return cells;
}

std::vector<RowCondition> Absent(model::FamilyId family, std::string qualifier) {
  std::vector<RowCondition> conditions;
  conditions.emplace_back(family, std::move(qualifier), RowCondition::Expectation::kAbsent);
  return conditions;
}

}  // namespace

std::string PathEntry::Encode() const {
  return std::string(is_namespace ? kNamespaceKind : kTableKind) + id;
}

Result<PathEntry> PathEntry::Decode(std::string_view text) {
  for (const std::string_view kind : {kNamespaceKind, kTableKind}) {
    if (text.starts_with(kind)) return PathEntry(kind == kNamespaceKind, std::string(text.substr(kind.size())));
  }
  return common::Corruption("the catalog has a malformed entry: " + model::QuoteBytes(text));
}

Task<Result<std::optional<PathEntry>>> Catalog::Find(std::string path) {
  CO_TRY(const std::vector<Cell> cells, co_await core_.tables().ReadCatalogRow(PathRow(path), core_.CallDeadline()));
  for (const Cell& cell : cells) {
    if (cell.family != model::catalog_family::kEntry) continue;
    CO_TRY(PathEntry entry, PathEntry::Decode(cell.value));
    co_return std::optional<PathEntry>(std::move(entry));
  }
  co_return std::optional<PathEntry>();
}

Task<Status> Catalog::AddPath(std::string path, PathEntry entry) {
  std::vector<Cell> cells;
  cells.push_back(Insert(PathRow(path), model::catalog_family::kEntry, "", entry.Encode()));
  const Status added = co_await core_.tables().MutateCatalogRow(Absent(model::catalog_family::kEntry, ""),
                                                                std::move(cells), core_.CallDeadline());
  if (!added.Is(StatusCode::kConflict)) co_return added;
  CO_TRY(const std::optional<PathEntry> found, co_await Find(path));
  if (found && *found == entry) co_return common::OkStatus();
  co_return common::AlreadyExists("the name " + path + " is in use");
}

Task<Status> Catalog::RemovePath(std::string path, PathEntry entry) {
  std::vector<RowCondition> conditions;
  conditions.emplace_back(model::catalog_family::kEntry, "", RowCondition::Expectation::kEquals, entry.Encode());
  const Status removed =
      co_await core_.tables().MutateCatalogRow(std::move(conditions), DeleteRow(PathRow(path)), core_.CallDeadline());
  co_return removed.Is(StatusCode::kConflict) ? common::OkStatus() : removed;
}

Task<Result<std::vector<ListedName>>> Catalog::List(std::string path, size_t limit) {
  const std::string prefix = PathRow(path == "/" ? path : path + "/");
  CO_TRY(const std::vector<Cell> cells, co_await core_.tables().ReadCatalogRows(prefix, core_.CallDeadline()));
  std::vector<ListedName> names;
  for (const Cell& cell : cells) {
    const std::string_view name = std::string_view(cell.row).substr(prefix.size());
    if (cell.family != model::catalog_family::kEntry || name.empty() || name.find('/') != name.npos) continue;
    CO_TRY(const PathEntry entry, PathEntry::Decode(cell.value));
    ListedName listed;
    listed.name = name;
    listed.is_namespace = entry.is_namespace;
    names.push_back(std::move(listed));
    if (names.size() == limit) break;
  }
  co_return std::move(names);
}

Task<Result<std::optional<std::string>>> Catalog::ReadSchema(model::TableId table) {
  if (table == model::kMetadataTable) co_return std::optional<std::string>(model::MetadataSchema()->Encode());
  if (table == model::kCatalogTable) co_return std::optional<std::string>(model::CatalogSchema()->Encode());
  CO_TRY(std::vector<Cell> cells, co_await core_.tables().ReadCatalogRow(TableRow(table), core_.CallDeadline()));
  std::optional<std::string> newest;
  for (Cell& cell : cells) {  // qualifiers ascend with the generation
    if (cell.family == model::catalog_family::kSchema) newest = std::move(cell.value);
  }
  co_return std::move(newest);
}

Task<Result<std::map<model::TableId, std::string>>> Catalog::ReadSchemas() {
  CO_TRY(std::vector<Cell> cells,
         co_await core_.tables().ReadCatalogRows(std::string(kTablePrefix), core_.CallDeadline()));
  std::map<model::TableId, std::string> schemas;
  for (Cell& cell : cells) {
    if (cell.family != model::catalog_family::kSchema) continue;
    CO_TRY(const model::TableId table, model::TableId::Parse(cell.row.substr(kTablePrefix.size())));
    schemas[table] = std::move(cell.value);
  }
  co_return std::move(schemas);
}

Task<Status> Catalog::AddTable(model::TableId table, std::string path, std::string schema) {
  std::vector<Cell> cells;
  const model::SchemaGeneration first(1);
  cells.push_back(Insert(TableRow(table), model::catalog_family::kPath, "", std::move(path)));
  cells.push_back(Insert(TableRow(table), model::catalog_family::kSchema, GenerationQualifier(first), schema));
  const Status added = co_await core_.tables().MutateCatalogRow(Absent(model::catalog_family::kPath, ""),
                                                                std::move(cells), core_.CallDeadline());
  // The id is this operation's alone: whoever wrote the row was an earlier try.
  co_return added.Is(StatusCode::kConflict) ? common::OkStatus() : added;
}

Task<Status> Catalog::AddSchema(model::TableId table, model::SchemaGeneration generation, std::string schema) {
  std::vector<Cell> cells;
  const std::string qualifier = GenerationQualifier(generation);
  cells.push_back(Insert(TableRow(table), model::catalog_family::kSchema, qualifier, std::move(schema)));
  std::vector<RowCondition> conditions = Absent(model::catalog_family::kSchema, qualifier);
  const Status added =
      co_await core_.tables().MutateCatalogRow(std::move(conditions), std::move(cells), core_.CallDeadline());
  co_return added.Is(StatusCode::kConflict) ? common::OkStatus() : added;
}

Task<Status> Catalog::SetTablePath(model::TableId table, std::string path) {
  std::vector<RowCondition> conditions;
  conditions.emplace_back(model::catalog_family::kPath, "", RowCondition::Expectation::kPresent);
  std::vector<Cell> cells;
  cells.push_back(Insert(TableRow(table), model::catalog_family::kPath, "", std::move(path)));
  const Status set =
      co_await core_.tables().MutateCatalogRow(std::move(conditions), std::move(cells), core_.CallDeadline());
  co_return set.Is(StatusCode::kConflict) ? common::OkStatus() : set;
}

Task<Status> Catalog::RemoveTable(model::TableId table) {
  std::vector<RowCondition> conditions;
  conditions.emplace_back(model::catalog_family::kPath, "", RowCondition::Expectation::kPresent);
  const Status removed =
      co_await core_.tables().MutateCatalogRow(std::move(conditions), DeleteRow(TableRow(table)), core_.CallDeadline());
  co_return removed.Is(StatusCode::kConflict) ? common::OkStatus() : removed;
}

}  // namespace cellar::master
