#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "common/concurrency/thread.h"
#include "hql/shell/shell_signals.h"

namespace cellar::hql {

/// A thread that turns signals into what they mean at the moment: SIGINT cancels the statement that runs, or wakes
/// whoever reads a line; SIGTERM and SIGHUP do both and ask the shell to end.
class InterruptWatch {
 public:
  /// Both are called from the watch's thread and must stay valid until destruction. `impatient`: the third SIGINT for
  /// one statement, and each after it.
  InterruptWatch(const ShellSignals& signals, std::function<void()> cancel, std::function<void()> impatient);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  /// Before and after each statement.
  void set_running(bool running);

  /// Readable while an interrupt waits to be taken, or the shell is to end.
  int wake_fd() const { return wake_fd_; }

  /// Whether there was an interrupt while nothing ran, and forgets it.
  bool TakeInterrupt();

  bool end_requested() const { return end_requested_; }

  /// Waits until `fd` (none: -1) can be read or there is something to take here. False after `timeout_ms` (-1: never).
  bool WaitReadable(int fd, int timeout_ms) const;

 private:
  void Watch(int signal_fd);
  void HandleInterrupt();
  void Wake();

  const std::function<void()> cancel_;
  const std::function<void()> impatient_;
  const int wake_fd_;
  const int stop_fd_;
  std::atomic<bool> running_ = false;
  std::atomic<int> interrupts_ = 0;  ///< Since the statement began.
  std::atomic<bool> interrupted_ = false;
  std::atomic<bool> end_requested_ = false;
  std::unique_ptr<common::Thread> thread_;
};

}  // namespace cellar::hql
