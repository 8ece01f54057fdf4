#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "common/base/status.h"

namespace cellar::tests {

/// One operation on one register (one column of one row), as its client saw it. Values are unique over all writes.
struct RegisterOperation {
  enum class Kind : uint8_t {
    kRead,           ///< `value` is what was read; nullopt: nothing there.
    kWrite,          ///< `value` was written; nullopt: deleted.
    kCompareAndSet,  ///< `value` was written if the register held `expected`.
  };
  enum class Outcome : uint8_t {
    kDone,     ///< Took effect between `invoked_at` and `returned_at`.
    kRefused,  ///< kCompareAndSet only: the condition did not hold at some moment between the two.
    kUnknown,  ///< Takes effect at some moment after `invoked_at`, or never. Reads never have it: they are left out.
  };

  Kind kind = Kind::kRead;
  Outcome outcome = Outcome::kDone;
  std::optional<std::string> value;
  std::optional<std::string> expected;
  int64_t invoked_at = 0;
  int64_t returned_at = std::numeric_limits<int64_t>::max();

  std::string ToString() const;
};

/// Whether some order of the operations explains what was seen: each takes effect at one moment within its interval
/// and reads return the latest write (linearizability). The register starts empty.
///
/// Search by Wing and Gong with Lowe's memory of visited configurations ("Testing for linearizability", 2017). Cost
/// is exponential in the number of operations under way at once, linear in the length of the history; at most
/// kMaxOperations. On failure the message shows the operations around the point that no order gets past.
Status CheckLinearizable(const std::vector<RegisterOperation>& history);

inline constexpr size_t kMaxOperations = 2000;

}  // namespace cellar::tests
