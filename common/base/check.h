#pragma once

namespace cellar::common {

/// Prints `file:line: CHECK(text) failed` to stderr and aborts. Never returns.
[[noreturn]] void CheckFailed(const char* file, int line, const char* text);

}  // namespace cellar::common

/// Stops the process when an invariant does not hold. Stays on in release builds; for bad input return a Status.
#define CHECK(condition) \
  (__builtin_expect(!!(condition), 1) ? (void)0 : ::cellar::common::CheckFailed(__FILE__, __LINE__, #condition))

/// A CHECK that is too dear for release builds. The condition is not evaluated there.
#ifdef NDEBUG
#define DCHECK(condition) ((void)sizeof(!(condition)))
#else
#define DCHECK(condition) CHECK(condition)
#endif
