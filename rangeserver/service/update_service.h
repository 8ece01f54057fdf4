#pragma once

#include <map>
#include <string>

#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "protocol/gen/rangeserver_types.h"
#include "rangeserver/service/pipelines.h"
#include "rpc/call.h"

namespace cellar::rangeserver {

/// Answers updates and conditional mutations of a range server: between messages and the write pipelines. Loop only.
///
/// A session of which rows were refused as busy gets everything refused until it says that it has heard so
/// (UpdateFrame.resumes): of two frames on their way, the later one must not overtake a refused one.
class UpdateService {
 public:
  /// Borrows both.
  UpdateService(Executor& executor, const Pipelines& pipelines) : executor_(executor), pipelines_(pipelines) {}

  Task<Result<rpc::Response>> Update(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> MutateRow(rpc::CallInfo info, rpc::Request request);

 private:
  static constexpr size_t kMaxStalledSessions = 100'000;
  static constexpr size_t kMaxFrames = 10'000;

  /// `frame` and `outcome` are Update's, which outlives this.
  Task<void> WriteFrame(const protocol::UpdateFrame& frame, std::string cells, protocol::FrameOutcome* outcome);
  bool IsStalled(const protocol::UpdateFrame& frame);
  void NoteRefusals(const protocol::UpdateFrame& frame, const protocol::FrameOutcome& outcome);

  Executor& executor_;
  const Pipelines& pipelines_;
  std::map<int64_t, Nanos> stalled_;  ///< Sessions, and until when.
};

}  // namespace cellar::rangeserver
