#include "common/concurrency/scheduling_point.h"

#include <cstdio>
#include <cstdlib>

namespace cellar::common {

constinit thread_local ThreadScheduling thread_scheduling;

void LockHeldAt(const char* where) {
  std::fprintf(stderr, "a mutex is held over I/O or a wait, at: %s\n", where);
  std::fflush(stderr);
  std::abort();
}

}  // namespace cellar::common
