#pragma once

#include <memory>

#include "common/concurrency/event.h"

namespace cellar::common {

/// Asks coroutines to end. Copyable; the default one is never cancelled. Loop only, no lock.
class CancellationToken {
 public:
  CancellationToken() : event_(std::make_shared<Event>("cancellation")) {}

  bool cancelled() const { return event_->is_set(); }

  /// `co_await token.Wait();`: until it is cancelled. The token outlives the wait.
  Event::Waiter Wait() const { return event_->Wait(); }

  /// `if (co_await token.SleepUntil(deadline)) co_return;`: true when it was cancelled before `deadline`.
  Event::Waiter SleepUntil(Deadline deadline) const { return event_->WaitUntil(deadline); }

 private:
  friend class CancellationSource;
  std::shared_ptr<Event> event_;
};

/// The side that cancels.
class CancellationSource {
 public:
  void Cancel() { token_.event_->Set(); }
  const CancellationToken& token() const { return token_; }
  bool cancelled() const { return token_.cancelled(); }

 private:
  CancellationToken token_;
};

}  // namespace cellar::common

namespace cellar {
using common::CancellationSource;
using common::CancellationToken;
}  // namespace cellar
