#pragma once

#include <deque>
#include <memory>
#include <string>

#include "client/cpp/block_source.h"
#include "client/cpp/client_core.h"
#include "client/cpp/include/future.h"
#include "common/concurrency/event.h"
#include "common/concurrency/task_group.h"

namespace cellar::client {

/// A Future on the loop. Close before destruction.
class FutureFlow {
 public:
  FutureFlow(ClientCore& core, size_t capacity_bytes)
      : core_(core), capacity_bytes_(capacity_bytes), tasks_(core.executor()) {}

  void StartScan(std::unique_ptr<BlockSource> stream, std::shared_ptr<void> source, std::shared_ptr<bool> cancelled);
  void Expect() { ++outstanding_; }
  void Deliver(FutureResult result);
  Task<Result<FutureResult>> Next(Deadline deadline);
  void CallBack(Deadline deadline, UniqueFunction<void(Result<FutureResult>)> done);
  void Cancel();
  void Wake() { changed_.WakeAll(); }
  Task<void> Close();

  bool is_empty() const { return ready_.empty(); }
  bool is_full() const { return ready_bytes_ >= capacity_bytes_; }
  bool is_cancelled() const { return cancelled_; }
  bool has_outstanding() const { return outstanding_ > 0; }

 private:
  Task<void> RunScan(std::unique_ptr<BlockSource> stream, std::shared_ptr<void> source,
                     std::shared_ptr<bool> cancelled);
  Task<void> Answer(Deadline deadline, UniqueFunction<void(Result<FutureResult>)> done);
  /// Waits for room. False: nobody wants it any more.
  Task<bool> Push(FutureResult result, std::shared_ptr<bool> cancelled);

  ClientCore& core_;
  const size_t capacity_bytes_;
  std::deque<FutureResult> ready_;
  size_t ready_bytes_ = 0;
  int outstanding_ = 0;
  bool cancelled_ = false;
  common::Event changed_{"future"};
  TaskGroup tasks_;
};

}  // namespace cellar::client
