#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cpp/index_plan.h"
#include "client/cpp/scan_stream.h"
#include "common/concurrency/task.h"
#include "common/time/clock.h"
#include "model/index_entry.h"

namespace cellar::client {

/// An entry of an index, and the row it leads to.
struct FoundEntry {
  std::string row;
  model::IndexKind kind = model::IndexKind::kValue;
  model::FamilyId family;
  model::IndexEntry entry;
  int64_t written_at = 0;  ///< The revision, and timestamp, of its latest write.
};

/// Rows that an index leads to, each at least by one entry, ascending.
struct FoundRows {
  std::vector<FoundEntry> entries;   ///< By row.
  std::optional<std::string> bound;  ///< All rows up to and with this one are there; nullopt: all there are.
};

/// Finds the first rows behind a given one that an IndexPlan leads to: as many as fit into `budget_bytes`, whatever the
/// number of entries. Looks through the whole index for them, unless its entries are sorted by row. Loop only.
class IndexRows {
 public:
  static constexpr size_t kDefaultBudgetBytes = 16 << 20;

  /// `rows`: the only ones that matter, disjoint and ascending. `label`: of the scan of the table itself. Once
  /// `cancelled` is true, Find ends with the next block.
  IndexRows(ScanSeams seams, IndexPlan plan, std::vector<model::RowInterval> rows, size_t budget_bytes,
            std::shared_ptr<const bool> cancelled, ScanLabel label = ScanLabel())
      : seams_(seams),
        plan_(std::move(plan)),
        rows_(std::move(rows)),
        budget_bytes_(budget_bytes),
        cancelled_(std::move(cancelled)),
        label_(std::move(label)) {}

  /// The first rows behind `after`; nullopt: from the first one on. Each block of entries may take `patience`, however
  /// many there are. kNotFound: an index table is gone. kCancelled.
  Task<Result<FoundRows>> Find(std::optional<std::string> after, Nanos patience);

 private:
  class Collector;
  /// Borrows the plan from this object.
  Task<Result<FoundRows>> FindFor(const IndexPlan& plan, std::optional<std::string> after, Nanos patience);
  /// Borrows the lookup from the plan.
  Task<Result<FoundRows>> FindBy(const IndexLookup& lookup, std::optional<std::string> after, Nanos patience);
  /// Borrows the lookup from the plan, the collector from FindBy, which awaits it.
  Task<Status> Read(const IndexLookup& lookup, std::vector<model::RowInterval> entries, bool is_sorted,
                    Collector* collector, Nanos patience);
  static FoundRows Join(std::vector<FoundRows> found, bool all_of_them);

  ScanSeams seams_;
  const IndexPlan plan_;
  const std::vector<model::RowInterval> rows_;
  const size_t budget_bytes_;
  const std::shared_ptr<const bool> cancelled_;
  const ScanLabel label_;
};

}  // namespace cellar::client
