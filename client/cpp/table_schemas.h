#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/cpp/scan_stream.h"
#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "model/cell.h"
#include "model/ids.h"
#include "model/schema.h"

namespace cellar::client {

/// The newest schemas that a client has met, read from the catalog when a server refuses an older one (kStaleSchema):
/// so what was opened before an ALTER goes on after it. By the table's id, which a rename leaves as it is. Part of a
/// ClientCore; loop only.
///
/// Invariant: what Known says of a table only gets newer, until all is forgotten at kMaxTables.
class TableSchemas {
 public:
  static constexpr size_t kMaxTables = 10'000;

  /// `scans` are those of the catalog: without schemas of their own.
  explicit TableSchemas(ScanSeams scans) : scans_(scans) {}

  /// The newest one met; nullptr: no server ever refused an older one.
  std::shared_ptr<const model::Schema> Known(model::TableId table) const;

  /// `schema`, or the one met that is newer.
  std::shared_ptr<const model::Schema> NewestOf(model::TableId table,
                                                std::shared_ptr<const model::Schema> schema) const;

  /// The catalog's newest. kNotFound: the table is gone.
  Task<Result<std::shared_ptr<const model::Schema>>> Newest(model::TableId table, Deadline deadline);

  /// One of a later generation than `generation`, asking the catalog unless one is known. As Newest; kUnavailable:
  /// there is none yet.
  Task<Result<std::shared_ptr<const model::Schema>>> NewerThan(model::TableId table, model::SchemaGeneration generation,
                                                               Deadline deadline);

 private:
  const ScanSeams scans_;
  std::map<model::TableId, std::shared_ptr<const model::Schema>> newest_;
};

/// The catalog's row of a table, and the newest schema among its cells; kNotFound when there is none.
std::string CatalogRowOf(model::TableId table);
Result<std::shared_ptr<const model::Schema>> NewestSchemaIn(const std::vector<model::Cell>& cells,
                                                            model::TableId table);

/// kInvalidArgument with the public code 9 for a column whose family `schema` has not any more. Names it.
Status FamilyIsGone(const model::Schema& schema, model::FamilyId family, std::string_view qualifier);

}  // namespace cellar::client
