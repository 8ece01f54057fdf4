#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/file/memory_file_system.h"
#include "common/time/manual_clock.h"
#include "model/cell_codec.h"
#include "model/evaluator.h"
#include "rangeserver/range/conditions.h"
#include "rangeserver/range/file_ids.h"
#include "rangeserver/range/range.h"
#include "storage/commitlog/section.h"

namespace cellar::tests {

/// One range over a file system in memory, its log kept as a list, and everything ever written, for the evaluator.
class EngineWorld {
 public:
  explicit EngineWorld(model::Schema schema);

  /// Writes a batch through frame, section and Apply; gives it the next revisions.
  void Apply(const std::vector<model::Cell>& cells);

  /// Compacts and installs at once. False: nothing to do.
  bool Compact(rangeserver::CompactionKind kind);

  /// Forgets the range and opens it again from its last manifest and the log, with some sections twice.
  void Reopen();

  void AlterSchema(const std::vector<model::SchemaAlteration>& alterations);

  /// What the range's state is by its sources, with counters summed up.
  std::vector<model::Cell> ReadState(const model::FamilySet& families, const model::RowInterval& rows) const;
  std::vector<model::Cell> ReadAll() const;

  /// What the evaluator says it is.
  std::vector<model::Cell> ExpectedState() const;

  int64_t now() const { return std::max(clock_.WallNow(), range_->applied().get()); }
  rangeserver::Range& range() { return *range_; }
  const model::Schema& schema() const { return *schema_; }
  ManualClock& clock() { return clock_; }
  common::MemoryFileSystem& files() { return files_; }
  const std::vector<model::Cell>& history() const { return history_; }

 private:
  struct LoggedSection {
    storage::Section section;
    std::string cells;
  };

  rangeserver::RangeEnvironment Environment();

  common::MemoryFileSystem files_;
  ManualClock clock_;
  rangeserver::FileIdSequence file_ids_{7};
  model::RangeKey key_;
  storage::LoggedRange logged_range_;
  std::shared_ptr<const model::Schema> schema_;
  std::deque<LoggedSection> log_;
  std::vector<model::Cell> history_;
  int64_t sequence_ = 0;
  std::unique_ptr<rangeserver::Range> range_;
};

}  // namespace cellar::tests
