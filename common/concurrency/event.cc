#include "common/concurrency/event.h"

namespace cellar::common {

Event::~Event() {
  while (first_ != nullptr) {
    Waiter& waiter = *first_;
    waiter.Unlink();
    waiter.event_ = nullptr;
  }
}

void Event::Set() {
  set_ = true;
  WakeAll();
}

void Event::WakeAll() {
  while (first_ != nullptr) first_->Wake();
}

void Event::WakeOne() {
  if (first_ != nullptr) first_->Wake();
}

void Event::Waiter::Enqueue(std::coroutine_handle<> handle, TaskPromise& promise) {
  suspension_.Suspend(handle, promise, event_->name_);
  linked_ = true;
  previous_ = event_->last_;
  (previous_ == nullptr ? event_->first_ : previous_->next_) = this;
  event_->last_ = this;
  if (deadline_.is_infinite()) return;
  timer_ = suspension_.executor().PostAt(deadline_.at(), [this] {
    timer_ = TimerId();
    timed_out_ = true;
    Unlink();
    suspension_.PostResume();
  });
}

void Event::Waiter::Unlink() {
  (previous_ == nullptr ? event_->first_ : previous_->next_) = next_;
  (next_ == nullptr ? event_->last_ : next_->previous_) = previous_;
  next_ = previous_ = nullptr;
  linked_ = false;
}

void Event::Waiter::Wake() {
  Unlink();
  if (timer_ != TimerId()) suspension_.executor().CancelTimer(std::exchange(timer_, TimerId()));
  suspension_.PostResume();
}

void Event::Waiter::Withdraw() {
  if (linked_) Unlink();
  if (timer_ != TimerId()) suspension_.executor().CancelTimer(timer_);
}

}  // namespace cellar::common
