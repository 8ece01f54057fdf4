#pragma once

#include <utility>

#include "common/concurrency/event.h"

namespace cellar::common {

/// Lets calls in while open, and is closed once: then it waits until those inside have left. Loop only, no lock.
/// Outlives its passes.
class Gate {
 public:
  explicit Gate(const char* name = "gate") : left_(name) {}

  /// Being inside; leaves by the destructor. Move-only.
  class Pass {
   public:
    Pass() = default;
    explicit Pass(Gate& gate) : gate_(&gate) { ++gate.inside_; }
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      if (this != &other) {
        Leave();
        gate_ = std::exchange(other.gate_, nullptr);
      }
      return *this;
    }
    ~Pass() { Leave(); }

    explicit operator bool() const { return gate_ != nullptr; }
    void Leave() {
      Gate* const gate = std::exchange(gate_, nullptr);
      if (gate != nullptr && --gate->inside_ == 0) gate->left_.WakeAll();
    }

   private:
    Gate* gate_ = nullptr;
  };

  /// Empty when closed.
  Pass TryEnter() { return closed_ ? Pass() : Pass(*this); }

  void Close() { closed_ = true; }

  /// Lets nobody in any more and waits until nobody is inside.
  Task<void> CloseAndDrain() {
    Close();
    while (inside_ > 0) co_await left_.Wait();
  }

  bool closed() const { return closed_; }
  size_t inside() const { return inside_; }

 private:
  bool closed_ = false;
  size_t inside_ = 0;
  Event left_;
};

}  // namespace cellar::common

namespace cellar {
using common::Gate;
}  // namespace cellar
