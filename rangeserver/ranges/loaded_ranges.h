#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/metadata_row.h"
#include "rangeserver/range/range.h"

namespace cellar::rangeserver {

/// A range that this server was told to load, from the order to its end. Shared by those who work on it; loop only.
///
///     loading --replayed, row says serving--> serving --> unloading --> (forgotten)
///        |                                       |
///        +----- a log or file is damaged --------+--> offline, until it is loaded again
struct LoadedRange {
  enum class State : uint8_t { kLoading, kServing, kUnloading, kOffline };

  State state = State::kLoading;
  model::RangeRecord record;     ///< Its METADATA row (root: metalog record) as last read or written by us.
  std::shared_ptr<Range> range;  ///< Set while serving and unloading.
  bool compacting = false;       ///< A compaction or its installation is under way: at most one.
  Status problem;                ///< kOffline: why. Names the file.

  LoadedRange() = default;
};

std::string_view StateName(LoadedRange::State state);

/// The ranges of this server, by table and end row. Loop only.
///
/// Invariants: ranges of one table do not overlap; master_term() never falls.
class LoadedRanges {
 public:
  /// A master of `term` gives orders here. kFenced when a later one has: what the earlier one wants counts no more.
  Status HearOf(uint32_t term);
  uint32_t master_term() const { return master_term_; }  ///< The latest that was heard of; 0: none.

  /// The range that holds `row`; null when none does.
  std::shared_ptr<LoadedRange> Find(model::TableId table, std::string_view row) const;

  /// The range with exactly these bounds; null when there is none.
  std::shared_ptr<LoadedRange> FindExactly(const model::RangeKey& key) const;

  /// kConflict when a range of the table overlaps it.
  Status Insert(std::shared_ptr<LoadedRange> range);

  void Remove(const model::RangeKey& key);

  /// In the order of table and rows; of one table when given.
  std::vector<std::shared_ptr<LoadedRange>> All() const;
  std::vector<std::shared_ptr<LoadedRange>> OfTable(model::TableId table) const;

 private:
  /// By METADATA row name: sorts a table's ranges as their rows do.
  std::map<model::TableId, std::map<std::string, std::shared_ptr<LoadedRange>>> ranges_;
  uint32_t master_term_ = 0;
};

}  // namespace cellar::rangeserver
