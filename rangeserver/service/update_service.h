#pragma once

#include <string>

#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "protocol/gen/rangeserver_types.h"
#include "rangeserver/service/pipelines.h"
#include "rpc/call.h"

namespace cellar::rangeserver {

/// Answers updates and conditional mutations of a range server: between messages and the write pipelines. Loop only.
class UpdateService {
 public:
  /// Borrows both.
  UpdateService(Executor& executor, const Pipelines& pipelines) : executor_(executor), pipelines_(pipelines) {}

  Task<Result<rpc::Response>> Update(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> MutateRow(rpc::CallInfo info, rpc::Request request);

 private:
  static constexpr size_t kMaxFrames = 10'000;

  /// `frame` and `outcome` are Update's, which outlives this.
  Task<void> WriteFrame(const protocol::UpdateFrame& frame, std::string cells, protocol::FrameOutcome* outcome);

  Executor& executor_;
  const Pipelines& pipelines_;
};

}  // namespace cellar::rangeserver
