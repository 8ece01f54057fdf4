#include "common/concurrency/semaphore.h"

namespace cellar::common {

Semaphore::~Semaphore() {
  while (first_ != nullptr) {
    Waiter& waiter = *first_;
    Unlink(waiter);
    waiter.semaphore_ = nullptr;
  }
}

Semaphore::Permit& Semaphore::Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    Release();
    semaphore_ = std::exchange(other.semaphore_, nullptr);
    units_ = std::exchange(other.units_, 0);
  }
  return *this;
}

void Semaphore::Permit::Release() {
  if (Semaphore* const semaphore = std::exchange(semaphore_, nullptr)) semaphore->Return(std::exchange(units_, 0));
}

Semaphore::Permit Semaphore::TryAcquire(uint64_t units) {
  if (first_ != nullptr || units > available_) return Permit();
  available_ -= units;
  return Permit(*this, units);
}

Semaphore::Waiter::~Waiter() {
  if (!linked_) return;
  semaphore_->Unlink(*this);
  semaphore_->GrantWaiting();  // a smaller request behind this one may fit now
}

void Semaphore::Enqueue(Waiter& waiter) {
  waiter.linked_ = true;
  waiter.previous_ = last_;
  (last_ == nullptr ? first_ : last_->next_) = &waiter;
  last_ = &waiter;
}

void Semaphore::Unlink(Waiter& waiter) {
  (waiter.previous_ == nullptr ? first_ : waiter.previous_->next_) = waiter.next_;
  (waiter.next_ == nullptr ? last_ : waiter.next_->previous_) = waiter.previous_;
  waiter.next_ = waiter.previous_ = nullptr;
  waiter.linked_ = false;
}

void Semaphore::Return(uint64_t units) {
  available_ += units;
  GrantWaiting();
}

void Semaphore::GrantWaiting() {
  while (first_ != nullptr && first_->wanted_ <= available_) {
    Waiter& waiter = *first_;
    Unlink(waiter);
    available_ -= waiter.wanted_;
    waiter.permit_ = Permit(*this, waiter.wanted_);
    waiter.suspension_.PostResume();
  }
}

}  // namespace cellar::common
