#pragma once

#include <functional>

#include "common/base/result.h"

namespace cellar::bench {

/// Runs `body(0)` to `body(count - 1)` at the same time, each in a thread of its own; the first error in that order.
Status RunParallel(size_t count, const std::function<Status(size_t)>& body);

}  // namespace cellar::bench
