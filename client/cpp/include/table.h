#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cpp/include/mutator.h"
#include "client/cpp/include/row_condition.h"
#include "client/cpp/include/scanner.h"
#include "common/base/result.h"
#include "model/cell.h"
#include "model/scan_spec.h"
#include "model/schema.h"

namespace cellar::client {

class ClientCore;

/// One open table. Thread-safe; outlived by its client, outlives its mutators and scanners.
class Table {
 public:
  Table(ClientCore& core, std::string path, model::TableId id, std::shared_ptr<const model::Schema> schema);

  const std::string& path() const { return path_; }
  model::TableId id() const { return id_; }

  /// As of when the table was opened or last refreshed.
  std::shared_ptr<const model::Schema> schema() const;

  /// Reads the schema again.
  Status Refresh();

  std::unique_ptr<Mutator> NewMutator(const MutatorOptions& options = MutatorOptions());

  /// kInvalidArgument for a bad spec (public code 30) before anything is sent.
  Result<std::unique_ptr<Scanner>> NewScanner(model::ScanSpec spec);

  /// All cells of a small scan.
  Result<std::vector<model::Cell>> ScanAll(model::ScanSpec spec);

  /// Cells of each row as `spec` (without intervals) selects them, in one call to each server; in the order of `rows`.
  Result<std::vector<std::vector<model::Cell>>> GetRows(const model::ScanSpec& spec, std::vector<std::string> rows);

  /// Changes one row if all conditions hold. `cells` are of one row. kTimedOut: outcome unknown.
  Result<RowMutationOutcome> MutateRow(const std::vector<RowCondition>& conditions,
                                       const std::vector<model::Cell>& cells);

 private:
  friend class Mutator;
  friend class Scanner;

  ClientCore& core_;
  const std::string path_;
  const model::TableId id_;
  std::atomic<std::shared_ptr<const model::Schema>> schema_;
};

}  // namespace cellar::client
