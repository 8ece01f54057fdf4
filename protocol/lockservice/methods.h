#pragma once

#include <cstdint>

namespace cellar::protocol {

/// Method numbers of a lock service. A number is never used again.
enum class LockServiceMethod : uint16_t {
  kOpenSession = 301,
  kRenew = 302,
  kCloseSession = 303,
  kCreate = 304,
  kRemove = 305,
  kRead = 306,
  kList = 307,
  kWrite = 308,
  kAcquire = 309,
  kRelease = 310,
  kCheckSequencer = 311,
  kWatch = 312,
};

}  // namespace cellar::protocol
