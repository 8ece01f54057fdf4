#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::server {

/// A small process that watches this one: when this process is gone, whatever ended it, the guard does what is left to
/// do and ends. So a server that crashes or is killed is known to be dead at once, instead of after its lease.
///
/// The guard is a child and holds the reading end of a pipe whose only writer is this process. The kernel closes that
/// end when the last thread is gone, so the end of the pipe proves that no instruction of this process runs any more; a
/// process that is merely stopped keeps it open (docs/decisions/0041-guard-is-a-child.md).
///
/// Made by `main` before any thread and before anything is opened, so that the guard inherits no lock and no log.
/// SetLastWords is thread-safe.
class Guard {
 public:
  static constexpr size_t kMaxWordsBytes = 1024;

  /// What the guard does, in its process, with the last words of the one that died. Not called when there were none.
  using AfterDeath = std::function<void(const std::string& last_words)>;

  /// kIoError when no process or pipe can be had.
  static Result<std::unique_ptr<Guard>> Start(AfterDeath after_death);

  /// Dismisses the guard: it ends without doing anything. Waits for its end.
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// In place of earlier ones; empty: nothing is to be done. One line of at most kMaxWordsBytes (CHECK).
  void SetLastWords(std::string_view words);

 private:
  Guard(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}

  const pid_t pid_;
  const int pipe_;
};

}  // namespace cellar::server
