#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "master/cluster/catalog.h"
#include "model/cell.h"
#include "model/ids.h"
#include "model/schema.h"
#include "tools/check/finding.h"

namespace cellar::check {

/// What the catalog says, as far as it reads.
struct CatalogImage {
  struct Table {
    std::string path;                             ///< As its row says; empty: none.
    std::shared_ptr<const model::Schema> schema;  ///< The newest that decodes; null: none.

    Table() = default;
  };

  std::map<std::string, master::PathEntry> names;
  std::map<model::TableId, Table> tables;  ///< With the system tables.

  CatalogImage() = default;
};

/// Reads the catalog's cells and checks that names and ids map one to one and that every schema reads. What an
/// operation under way is about, by its path in `operations`, is left alone.
CatalogImage CheckCatalog(const std::vector<model::Cell>& cells, const std::set<std::string>& operations,
                          Findings* findings);

}  // namespace cellar::check
