#include "tools/check/catalog_check.h"

#include <fmt/format.h>

#include <utility>

#include "master/operations/names.h"
#include "model/system_schemas.h"

namespace cellar::check {
namespace {

using master::PathEntry;
using model::Cell;
using model::TableId;

constexpr std::string_view kPathPrefix = "path:";
constexpr std::string_view kTablePrefix = "table:";

class CatalogChecker {
 public:
  CatalogChecker(const std::set<std::string>& operations, Findings* findings)
      : operations_(operations), findings_(findings) {
    image_.tables[model::kMetadataTable] = SystemTable("/sys/METADATA", model::MetadataSchema());
    image_.tables[model::kCatalogTable] = SystemTable("/sys/CATALOG", model::CatalogSchema());
  }

  CatalogImage Run(const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) ReadCell(cell);
    for (const char* path : {"/", "/sys", "/tmp"}) RequireNamespace(path, path);
    for (const auto& [path, entry] : image_.names) CheckName(path, entry);
    for (const auto& [id, table] : image_.tables) CheckTable(id, table);
    return std::move(image_);
  }

 private:
  static CatalogImage::Table SystemTable(std::string path, std::shared_ptr<const model::Schema> schema) {
    CatalogImage::Table table;
    table.path = std::move(path);
    table.schema = std::move(schema);
    return table;
  }

  void Add(std::string_view rule, std::string subject, std::string text) {
    Finding finding;
    finding.rule = rule;
    finding.subject = std::move(subject);
    finding.text = std::move(text);
    findings_->push_back(std::move(finding));
  }

  bool IsUnderWay(const std::string& path) const { return operations_.contains(path); }

  void ReadCell(const Cell& cell) {
    const std::string_view row = cell.row;
    if (row.starts_with(kPathPrefix) && cell.family == model::catalog_family::kEntry) {
      ReadName(std::string(row.substr(kPathPrefix.size())), cell);
    } else if (row.starts_with(kTablePrefix)) {
      ReadTableCell(std::string(row.substr(kTablePrefix.size())), cell);
    } else {
      Add(rule::kRowUnreadable, "catalog row " + model::QuoteBytes(row), "is neither a name nor a table");
    }
  }

  void ReadName(const std::string& path, const Cell& cell) {
    auto entry = PathEntry::Decode(cell.value);
    const auto canonical = master::CanonicalPath(path);
    if (!entry.ok()) {
      Add(rule::kRowUnreadable, "name " + path, entry.status().ToString());
    } else if (!canonical.ok() || *canonical != path) {
      Add(rule::kName, "name " + path, "is not in the form that names have");
    } else {
      image_.names[path] = std::move(entry).value();
    }
  }

  void ReadTableCell(const std::string& id, const Cell& cell) {
    const auto table = TableId::Parse(id);
    if (!table.ok() || table->is_system()) {
      Add(rule::kRowUnreadable, "catalog row " + model::QuoteBytes(cell.row), "does not name a user's table");
      return;
    }
    CatalogImage::Table& entry = image_.tables[*table];
    if (cell.family == model::catalog_family::kPath) entry.path = cell.value;
    if (cell.family == model::catalog_family::kSchema) ReadSchema(*table, cell, &entry);
  }

  void ReadSchema(TableId table, const Cell& cell, CatalogImage::Table* entry) {
    const std::string subject = "table " + table.ToString();
    auto schema = model::Schema::Decode(cell.value);
    if (!schema.ok()) {
      Add(rule::kSchema, subject, fmt::format("generation {}: {}", cell.qualifier, schema.status().ToString()));
    } else if (fmt::format("{:020}", schema->generation().get()) != cell.qualifier) {
      Add(rule::kSchema, subject,
          fmt::format("the schema under generation {} says that it is {}", cell.qualifier, schema->generation().get()));
    } else {  // qualifiers ascend with the generation: the last one is the newest
      entry->schema = std::make_shared<const model::Schema>(std::move(schema).value());
    }
  }

  void RequireNamespace(const std::string& path, const std::string& needed_by) {
    const auto found = image_.names.find(path);
    if (found == image_.names.end()) {
      if (!IsUnderWay(path)) Add(rule::kName, "name " + needed_by, "the namespace " + path + " does not exist");
    } else if (!found->second.is_namespace) {
      Add(rule::kName, "name " + needed_by, path + " is a table, not a namespace");
    }
  }

  void CheckName(const std::string& path, const PathEntry& entry) {
    if (path != "/") RequireNamespace(master::ParentOf(path), path);
    if (entry.is_namespace) return;
    const auto id = TableId::Parse(entry.id);
    if (!id.ok()) {
      Add(rule::kName, "name " + path, "names a table by the malformed id " + model::QuoteBytes(entry.id));
      return;
    }
    const auto table = image_.tables.find(*id);
    if (table == image_.tables.end()) {
      Add(rule::kName, "name " + path, "names table " + entry.id + ", which the catalog does not have");
    } else if (table->second.path != path && !IsUnderWay(table->second.path)) {
      Add(rule::kName, "name " + path,
          "names table " + entry.id + ", whose own name is " + model::QuoteBytes(table->second.path));
    }
  }

  void CheckTable(TableId id, const CatalogImage::Table& table) {
    const std::string subject = "table " + id.ToString();
    const auto name = image_.names.find(table.path);
    const bool is_named = name != image_.names.end() && name->second == PathEntry(false, id.ToString());
    if (!is_named && !IsUnderWay(table.path)) {
      Add(rule::kName, subject, "the name " + model::QuoteBytes(table.path) + " does not lead to it");
    }
    if (table.schema == nullptr) Add(rule::kSchema, subject, "has no schema that reads");
  }

  const std::set<std::string>& operations_;
  Findings* const findings_;
  CatalogImage image_;
};

}  // namespace

CatalogImage CheckCatalog(const std::vector<Cell>& cells, const std::set<std::string>& operations, Findings* findings) {
  return CatalogChecker(operations, findings).Run(cells);
}

}  // namespace cellar::check
