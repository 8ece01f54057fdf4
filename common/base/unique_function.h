#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace cellar::common {

template <typename Signature>
class UniqueFunction;

/// A callable that is moved, never copied, so that it may own what it captures. C++20 has no
/// std::move_only_function; this is the part of it that the project uses.
template <typename R, typename... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;

  template <typename F>
    requires(!std::is_same_v<std::decay_t<F>, UniqueFunction> && std::is_invocable_r_v<R, F&, Args...>)
  UniqueFunction(F function)  // NOLINT(google-explicit-constructor): lambdas convert
      : callable_(std::make_unique<Callable<F>>(std::move(function))) {}

  explicit operator bool() const { return callable_ != nullptr; }
  R operator()(Args... args) { return callable_->Call(std::forward<Args>(args)...); }

 private:
  struct AnyCallable {
    virtual ~AnyCallable() = default;
    virtual R Call(Args... args) = 0;
  };
  template <typename F>
  struct Callable final : AnyCallable {
    explicit Callable(F f) : function(std::move(f)) {}
    R Call(Args... args) override { return function(std::forward<Args>(args)...); }
    F function;
  };
  std::unique_ptr<AnyCallable> callable_;
};

}  // namespace cellar::common

namespace cellar {
using common::UniqueFunction;
}  // namespace cellar
