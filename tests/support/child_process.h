#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"

namespace cellar::tests {

/// A program that a test runs, with standard error, and later output, in a file. Killed with this object, and also when
/// the process that it belongs to dies, however that happens and whichever thread started it. One thread at a time.
class ChildProcess {
 public:
  /// Starts `command` with `log_path` appended to. kIoError when it cannot be run.
  static Result<std::unique_ptr<ChildProcess>> Start(const std::vector<std::string>& command,
                                                     const std::string& log_path);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }

  /// The first line of its output: kUnavailable when it ended before, kTimedOut after `patience`.
  Result<std::string> ReadLine(Nanos patience);

  void Signal(int number) const;
  /// SIGSTOP; returns when it stands still. Requires that it runs.
  void Freeze();

  /// How it ended: its exit status, or 128 and its signal; nullopt while it runs. A stopped one runs.
  std::optional<int> Ended();
  /// Waits for the end; nullopt after `patience`.
  std::optional<int> AwaitEnd(Nanos patience);

 private:
  ChildProcess(pid_t pid, int output) : pid_(pid), output_(output) {}
  Status StartWatch();
  void EndWatch();

  const pid_t pid_;
  const int output_;
  std::optional<int> ended_;
  pid_t watch_ = 0;      ///< A shell that kills pid_ when the pipe to it ends, as it does with this process.
  int watch_pipe_ = -1;  ///< Only this process has it.
};

/// Runs a program to its end, within `patience`; returns its output. kUnavailable with the output when its status is
/// not 0.
Result<std::string> RunProgram(const std::vector<std::string>& command, Nanos patience);

}  // namespace cellar::tests
