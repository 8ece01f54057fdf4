#pragma once

#include <memory>
#include <optional>

#include "common/base/cluster_id.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/semaphore.h"
#include "common/file/file_system.h"
#include "rangeserver/ranges/range_rows.h"
#include "storage/metalog/metalog.h"

namespace cellar::rangeserver {

/// The root range's row: the only entity of the root metalog, `root/<incarnation>/`. Taken over from the owner before
/// by sealing its directory; from then on only this incarnation writes it. Loop only; files are used in jobs.
class RootRangeRows final : public RangeRows {
 public:
  /// Seals `root/` of all earlier incarnations and opens this one's with what the newest of them says; nothing, when
  /// the root range never had an owner. kFenced: a later incarnation has taken over already.
  static Task<Result<std::unique_ptr<RootRangeRows>>> TakeOver(Executor& executor, FileSystem& files, ClusterId cluster,
                                                               Incarnation incarnation);

  /// As taken over, or as written last.
  Task<Result<std::optional<model::RangeRecord>>> Read(model::RangeKey range, Deadline deadline) override;

  /// Nobody else writes here, so `known` only guards against ourselves (kConflict).
  Task<Status> Write(model::RangeRecord known, model::RangeRecord changed, Deadline deadline) override;

  /// The first row of a new cluster's root range. kAlreadyExists.
  Task<Status> Create(model::RangeRecord record);

 private:
  RootRangeRows(Executor& executor, std::shared_ptr<storage::MetaLog> log, std::optional<model::RangeRecord> record);
  Task<Status> Store(model::RangeRecord record);

  Executor& executor_;
  std::shared_ptr<storage::MetaLog> log_;
  std::optional<model::RangeRecord> record_;
  common::AsyncMutex writing_{"root metalog"};
};

}  // namespace cellar::rangeserver
