#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <ostream>
#include <utility>

namespace cellar::common {

/// A value with a name of its own, so that a table id is never passed for a range id. Explicit in, `get()` out;
/// ordered and hashable as the value is. No arithmetic: say `Revision{base.get() + 1}`.
///
///     using Revision = NamedType<int64_t, struct RevisionTag>;
template <typename T, typename Tag>
class NamedType {
 public:
  using Underlying = T;

  constexpr NamedType() : value_() {}
  constexpr explicit NamedType(T value) : value_(std::move(value)) {}

  constexpr const T& get() const { return value_; }

  friend constexpr auto operator<=>(const NamedType&, const NamedType&) = default;
  friend constexpr bool operator==(const NamedType&, const NamedType&) = default;
  friend std::ostream& operator<<(std::ostream& out, const NamedType& named) { return out << named.value_; }

 private:
  T value_;
};

}  // namespace cellar::common

namespace cellar {
using common::NamedType;
}  // namespace cellar

template <typename T, typename Tag>
struct std::hash<cellar::common::NamedType<T, Tag>> {
  size_t operator()(const cellar::common::NamedType<T, Tag>& named) const { return std::hash<T>()(named.get()); }
};
