#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "common/base/check.h"
#include "common/base/status.h"

namespace cellar::common {

/// Either a value or the Status that explains its absence. `value()` on an error stops the process: look first.
template <typename T>
class [[nodiscard]] Result {
 public:
  using Value = T;

  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): `return value;` reads best
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor): `return status;` too
    CHECK(!status_.ok());
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const& { return status_; }
  Status status() && { return std::move(status_); }

  T& value() & {
    CHECK(ok());
    return *value_;
  }
  const T& value() const& {
    CHECK(ok());
    return *value_;
  }
  T&& value() && {
    CHECK(ok());
    return std::move(*value_);
  }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace cellar::common

namespace cellar {
using common::Result;
}  // namespace cellar

#define CELLAR_CONCAT_INNER(a, b) a##b
#define CELLAR_CONCAT(a, b) CELLAR_CONCAT_INNER(a, b)

/// Statement: evaluates a Status, returns it from the enclosing function when it is not OK.
#define RETURN_IF_ERROR(expression)                         \
  do {                                                      \
    ::cellar::common::Status cellar_status_ = (expression); \
    if (!cellar_status_.ok()) return cellar_status_;        \
  } while (false)

/// Statement: evaluates a Result; on error returns its Status, else declares `name` and moves the value into it.
#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_INNER(CELLAR_CONCAT(cellar_result_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return std::move(result).status();          \
  declaration = std::move(result).value()

/// The same two inside a coroutine that returns Task<Status> or Task<Result<…>>; the expression may co_await.
#define CO_RETURN_IF_ERROR(expression)                      \
  do {                                                      \
    ::cellar::common::Status cellar_status_ = (expression); \
    if (!cellar_status_.ok()) co_return cellar_status_;     \
  } while (false)

#define CO_TRY(declaration, expression) CO_TRY_INNER(CELLAR_CONCAT(cellar_result_, __LINE__), declaration, expression)
#define CO_TRY_INNER(result, declaration, expression)     \
  auto result = (expression);                             \
  if (!result.ok()) co_return std::move(result).status(); \
  declaration = std::move(result).value()
