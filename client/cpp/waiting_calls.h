#pragma once

#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "common/base/status.h"
#include "common/concurrency/block_on.h"
#include "common/concurrency/event.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/concurrency/task_group.h"

namespace cellar::client {

/// The calls of a client that threads wait for, so that another thread can end the wait. A call that nobody waits for
/// any more goes on to its end or its deadline: what it asked for may still happen. So a call owns all it uses but the
/// client's core, whose part this is; Stop on the loop before destruction.
class WaitingCalls {
 public:
  explicit WaitingCalls(Executor& executor) : executor_(executor), tasks_(executor) {}

  /// Not on the loop: runs `call` there and waits for its answer, or for Cancel: kCancelled. Reply is a Status or a
  /// Result.
  template <typename Reply>
  Reply Run(Task<Reply> call) {
    return common::BlockOn(executor_, Await(std::move(call)));
  }

  /// The same on the loop, for a coroutine that a thread waits for. Only `call` may be left to itself.
  template <typename Reply>
  Task<Reply> Await(Task<Reply> call) {
    auto wait = std::make_shared<Answered<Reply>>();
    const auto place = waits_.insert(waits_.end(), wait);
    tasks_.Spawn(Store(std::move(call), wait), "call that a thread waits for");
    co_await wait->changed.Wait();
    waits_.erase(place);
    if (wait->reply) co_return std::move(*wait->reply);
    co_return common::Cancelled("the wait was ended; what was asked for may still be done");
  }

  /// From any thread: ends the waits of this moment.
  void Cancel() {
    executor_.Post([this] {
      for (const std::shared_ptr<Wait>& wait : waits_) {
        wait->cancelled = true;
        wait->changed.Set();
      }
    });
  }

  /// Loop: calls that nobody waits for go.
  void Stop() { tasks_.DestroyAll(); }

 private:
  struct Wait {
    Event changed{"answer or cancellation"};
    bool cancelled = false;
  };

  template <typename Reply>
  struct Answered : Wait {
    std::optional<Reply> reply;
  };

  template <typename Reply>
  static Task<void> Store(Task<Reply> call, std::shared_ptr<Answered<Reply>> wait) {
    wait->reply.emplace(co_await std::move(call));
    wait->changed.Set();
  }

  Executor& executor_;
  std::list<std::shared_ptr<Wait>> waits_;  ///< Loop only.
  TaskGroup tasks_;
};

}  // namespace cellar::client
