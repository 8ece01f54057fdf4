#pragma once

#include <string>
#include <thread>

#include "common/base/unique_function.h"

namespace cellar::common {

/// A named operating-system thread, joined by its owner. All signals but those of its own faults (SIGSEGV, SIGABRT, …)
/// are blocked on it: the process's main thread takes them. An exception that leaves `body` ends the process.
class Thread {
 public:
  /// Starts at once. At most 15 bytes of `name` are seen by ps and gdb.
  Thread(std::string name, UniqueFunction<void()> body);
  ~Thread();  ///< Joins.
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  /// Waits for the end of `body`. Once.
  void Join();

  bool IsCurrent() const { return thread_.get_id() == std::this_thread::get_id(); }

 private:
  std::thread thread_;
};

}  // namespace cellar::common
