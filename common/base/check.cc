#include "common/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace cellar::common {

void CheckFailed(const char* file, int line, const char* text) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed\n", file, line, text);
  std::fflush(stderr);
  std::abort();
}

}  // namespace cellar::common
