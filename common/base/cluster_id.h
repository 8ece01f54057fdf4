#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::common {

/// Names one Cellar for ever: 16 random bytes, drawn when its data directory is made. Every file bears it, so that a
/// file of another cluster is refused by name. All zeros means "none"; it is refused where a cluster is expected.
struct ClusterId {
  static constexpr size_t kBytes = 16;

  std::array<uint8_t, kBytes> bytes{};

  friend constexpr auto operator<=>(const ClusterId&, const ClusterId&) = default;
  friend constexpr bool operator==(const ClusterId&, const ClusterId&) = default;

  bool is_none() const { return bytes == std::array<uint8_t, kBytes>{}; }

  /// The bytes as they lie in files. Valid as long as this object.
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), kBytes}; }

  /// 32 lower-case hex digits; Parse takes exactly these.
  std::string ToString() const;
  static Result<ClusterId> Parse(std::string_view text);

  /// From the bytes in a file. Requires kBytes of them.
  static ClusterId FromBytes(std::string_view raw);
};

}  // namespace cellar::common

namespace cellar {
using common::ClusterId;
}  // namespace cellar
