#include "common/concurrency/task_promise.h"

#include "common/base/check.h"

namespace cellar::common {
namespace {

constinit thread_local int resume_depth = 0;

Work WorkFor(std::shared_ptr<ResumeSlot> slot) {
  return [slot = std::move(slot)] {
    const std::coroutine_handle<> handle = std::exchange(slot->handle, nullptr);
    if (handle) ResumeNow(handle);
  };
}

}  // namespace

void ResumeNow(std::coroutine_handle<> handle) {
  ++resume_depth;
  handle.resume();
  --resume_depth;
}

void TaskPromise::unhandled_exception() const noexcept {
  const bool exception_left_a_coroutine = true;
  CHECK(!exception_left_a_coroutine);
  __builtin_unreachable();
}

TaskPromise::~TaskPromise() {
  if (bounce_ != nullptr) bounce_->handle = nullptr;
}

void TaskPromise::ResumeOrPost(std::coroutine_handle<> handle) {
  if (resume_depth < kMaxResumeDepth) {
    ResumeNow(handle);
    return;
  }
  bounce_ = std::make_shared<ResumeSlot>();
  bounce_->handle = handle;
  executor_->Post(WorkFor(bounce_));
}

bool TaskPromise::StartAsChild(std::coroutine_handle<> self, std::coroutine_handle<> parent,
                               const TaskPromise& parent_promise) {
  CHECK(!started());
  executor_ = parent_promise.executor_;
  root_ = parent_promise.root_;
  continuation_ = parent;
  if (resume_depth >= kMaxResumeDepth) {
    ResumeOrPost(self);
    return true;
  }
  starting_ = true;
  ResumeNow(self);
  starting_ = false;
  return !finished_;
}

void TaskPromise::StartAsRoot(std::coroutine_handle<> self, Executor& executor, TaskObserver& observer) {
  CHECK(!started());
  executor_ = &executor;
  observer_ = &observer;
  ResumeOrPost(self);
}

void TaskPromise::Finish() noexcept {
  finished_ = true;
  if (starting_) return;  // StartAsChild sees finished_ and lets the parent go on
  if (continuation_) {
    ResumeOrPost(continuation_);
  } else {
    observer_->OnTaskDone();  // may destroy this
  }
}

void Suspension::PostResume() {
  executor_->Post(ResumeWork());
}

Work Suspension::ResumeWork() {
  CHECK(slot_ == nullptr);
  slot_ = std::make_shared<ResumeSlot>();
  slot_->handle = handle_;
  return WorkFor(slot_);
}

}  // namespace cellar::common
