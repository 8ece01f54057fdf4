#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cpp/frame_update.h"
#include "client/cpp/include/row_condition.h"
#include "client/cpp/scan_stream.h"
#include "model/metadata_row.h"
#include "model/scan_spec.h"

namespace cellar::client {

/// METADATA and the catalog for those who keep them: the master and the range servers. Loop only. Errors are those of
/// the calls underneath; every write is conditional on what its caller believes.
class SystemTables {
 public:
  SystemTables(UpdateSeams updates, ScanSeams scans) : updates_(updates), scans_(scans) {}

  /// The range's row; nullopt when there is none.
  Task<Result<std::optional<model::RangeRecord>>> ReadRange(model::TableId table, std::optional<std::string> end_row,
                                                            Deadline deadline);

  /// All ranges of a table in order, or of all tables but METADATA itself when `table` is nullopt. For METADATA's own
  /// ranges: those in root.
  Task<Result<std::vector<model::RangeRecord>>> ReadRanges(std::optional<model::TableId> table, Deadline deadline);

  /// Creates the range's row; kAlreadyExists when there is one.
  Task<Status> CreateRange(model::RangeRecord record, Deadline deadline);

  /// Writes `cells` to the range's row if its epoch (and, when given, its manifest) is as expected; kConflict else.
  Task<Status> UpdateRange(model::RangeKey range, Epoch expected_epoch, std::optional<std::string> expected_manifest,
                           std::vector<model::Cell> cells, Deadline deadline);

  /// Newest cells of one row of the catalog; empty when there is none.
  Task<Result<std::vector<model::Cell>>> ReadCatalogRow(std::string row, Deadline deadline);

  /// The catalog's rows that start with `prefix`.
  Task<Result<std::vector<model::Cell>>> ReadCatalogRows(std::string prefix, Deadline deadline);

  /// One conditional write to the catalog. kConflict when a condition does not hold.
  Task<Status> MutateCatalogRow(std::vector<RowCondition> conditions, std::vector<model::Cell> cells,
                                Deadline deadline);

 private:
  Task<Result<std::vector<model::Cell>>> Scan(model::TableId table, model::RowInterval rows, Deadline deadline);
  Task<Status> Mutate(model::TableId table, std::vector<RowCondition> conditions, std::vector<model::Cell> cells,
                      Deadline deadline);

  UpdateSeams updates_;
  ScanSeams scans_;
};

}  // namespace cellar::client
