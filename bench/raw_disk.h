#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace cellar::bench {

/// Seconds that one append of `bytes` and its fdatasync take on a growing file in `directory`: the median of `count`.
/// What any durable system pays for each group.
Result<double> SecondsToSync(const std::string& directory, uint64_t bytes, int count);

}  // namespace cellar::bench
