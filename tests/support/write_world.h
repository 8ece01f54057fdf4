#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/concurrency/sim_executor.h"
#include "common/concurrency/sim_scheduler.h"
#include "common/concurrency/task_group.h"
#include "common/fault/fault_points.h"
#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "lockservice/lease.h"
#include "model/cell.h"
#include "model/schema.h"
#include "rangeserver/range/file_ids.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/recovery/log_replay.h"
#include "rangeserver/write/write_pipeline.h"

namespace cellar::tests {

/// One life of the simulated server: gone with its death.
struct WriteWorldLife {
  std::unique_ptr<ProcessView> view;
  std::unique_ptr<FaultyFileSystem> files;
  std::unique_ptr<SimExecutor> node;
  std::unique_ptr<lockservice::Lease> lease;
  std::unique_ptr<rangeserver::FileIdSequence> file_ids;
  rangeserver::LoadedRanges ranges;
  std::shared_ptr<rangeserver::LoadedRange> loaded;
  std::unique_ptr<rangeserver::WritePipeline> pipeline;
  std::unique_ptr<TaskGroup> clients;
  bool dead = false;  ///< The pipeline said so.

  WriteWorldLife() = default;
};

/// A server with one range, its write pipeline and its recovery, in a simulated world: lives that end by kill or power
/// cut, each followed by the next incarnation. METADATA is the manifest that the world keeps.
class WriteWorld {
 public:
  static constexpr model::TableId kTable{1, 1};

  /// Families "a" (group default), "b" (a group of its own), "n" (counter).
  explicit WriteWorld(uint64_t seed, model::Durability durability = model::Durability::kSync);
  ~WriteWorld();

  /// The next life has that incarnation: of a server that was there before, say.
  void SetNextIncarnation(uint64_t incarnation) { incarnation_ = incarnation - 1; }

  /// A new incarnation: seals the earlier ones, replays, flushes what must be, serves.
  Status Start();

  /// Ends this life as `kill -9`, or as a power cut of the machine.
  void Crash(bool power_cut);

  /// Ends it in order.
  Status Stop();

  /// A batch with a fresh sequence number and a life of a minute, of a sender that has heard all answers. Cells with
  /// automatic times.
  rangeserver::WriteBatch Batch(const std::vector<model::Cell>& cells);
  model::Cell Cell(std::string_view row, std::string_view family, std::string_view qualifier, std::string_view value);

  // To their end, on the driving thread.
  Result<rangeserver::WriteOutcome> Write(rangeserver::WriteBatch batch);
  Result<rangeserver::MutationOutcome> Mutate(rangeserver::WriteBatch batch,
                                              std::vector<rangeserver::CellCondition> conditions);

  /// Compacts and installs. On the driving thread.
  Status Flush(rangeserver::CompactionKind kind = rangeserver::CompactionKind::kMinor);

  /// The state, in order, counters as their updates.
  std::vector<model::Cell> ReadAll();
  /// The value of one cell now, on the loop or the driving thread; nullopt: none.
  std::optional<std::string> Read(std::string_view row, std::string_view family, std::string_view qualifier);

  SimScheduler& scheduler() { return scheduler_; }
  common::MemoryFileSystem& disk() { return disk_; }
  FaultPoints& faults() { return *faults_; }
  WriteWorldLife& life() { return *life_; }
  rangeserver::WritePipeline& pipeline() { return *life_->pipeline; }
  rangeserver::Range& range() { return *life_->loaded->range; }
  /// Not OK: users' tables may not be written, and why.
  void SetWritable(Status writable) { writable_ = std::move(writable); }
  const std::shared_ptr<const model::Schema>& schema() const { return schema_; }
  rangeserver::WritePipelineOptions& options() { return options_; }  ///< Of lives to come.
  storage::LogWriterOptions& log_options() { return log_options_; }

 private:
  Status OpenRange();
  Status OpenPipeline();
  storage::LogIdentity Identity() const;

  SimScheduler scheduler_;
  common::MemoryFileSystem disk_;
  std::unique_ptr<FaultPoints> faults_;
  std::shared_ptr<const model::Schema> schema_;
  rangeserver::WritePipelineOptions options_;
  storage::LogWriterOptions log_options_;
  Status writable_;
  model::Manifest manifest_;
  std::vector<model::LogRef> log_refs_;
  uint64_t incarnation_ = 0;
  int64_t sequence_ = 0;
  std::unique_ptr<WriteWorldLife> life_;
};

}  // namespace cellar::tests
