#include "lockservice/lease.h"

#include <fmt/format.h>

namespace cellar::lockservice {

Status CheckLeaseLength(Nanos length, Nanos tick, Nanos drift) {
  if (length < kMinLease || length > kMaxLease) {
    return common::InvalidArgument(fmt::format("lease of {} ms: must be from {} ms to {} ms", length / kMillisecond,
                                               kMinLease / kMillisecond, kMaxLease / kMillisecond));
  }
  if (length / 3 < tick + length / 6 + drift) {
    return common::InvalidArgument(
        fmt::format("lease of {} ms: a sixth of it must cover tick ({} ms) and clock drift ({} ms)",
                    length / kMillisecond, tick / kMillisecond, drift / kMillisecond));
  }
  return common::OkStatus();
}

}  // namespace cellar::lockservice
