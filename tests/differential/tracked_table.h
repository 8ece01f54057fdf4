#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/cpp/include/table.h"
#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/cell.h"
#include "tests/differential/path.h"

namespace cellar::tests {

/// A table, and everything that was ever written to it with the revisions that the servers gave: what the evaluator
/// answers from.
class TrackedTable {
 public:
  /// `look`: the table as somebody has it open who only looks at what is stored.
  TrackedTable(NamedTable table, std::shared_ptr<client::Table> look)
      : table_(std::move(table)), look_(std::move(look)) {}

  const NamedTable& named() const { return table_; }
  client::Table& look() { return *look_; }
  const model::Schema& schema() const { return *table_.schema; }
  void set_schema(std::shared_ptr<const model::Schema> schema) { table_.schema = std::move(schema); }
  const std::vector<model::Cell>& history() const { return history_; }
  model::Revision last_revision() const { return last_; }

  /// Not everything written is in the files any more: `return_deletes` shows what happens to be left.
  bool was_compacted() const { return was_compacted_; }
  void set_compacted() { was_compacted_ = true; }

  /// `cells` were written in one frame, the first one with revision `base`.
  void Add(const std::vector<model::Cell>& cells, model::Revision base);

  /// The same, with the revisions found: `stored` is what a scan with return_deletes shows of their rows. kCorruption
  /// when a cell is missing, is another, comes in another order, or is there that was not written. `now`: of the scan.
  Status AddAsStored(const std::vector<model::Cell>& cells, std::vector<model::Cell> stored, Nanos now);

  /// What the answers to `meaning`, one behind the other, must be.
  Result<std::vector<model::Cell>> Expected(const std::vector<model::ScanSpec>& meaning, Nanos now) const;

 private:
  /// Its time to live was over when it came.
  bool IsNeverSeen(const model::Cell& cell, Nanos now) const;

  NamedTable table_;
  std::shared_ptr<client::Table> look_;
  std::vector<model::Cell> history_;
  model::Revision last_;
  bool was_compacted_ = false;
};

}  // namespace cellar::tests
