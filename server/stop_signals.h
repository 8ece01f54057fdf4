#pragma once

#include <atomic>
#include <string>

namespace cellar::server {

/// How a daemon is told to end: SIGTERM, SIGINT or SIGHUP from outside, or Request from inside. One a process, made at
/// the start of `main`, before any thread: it blocks those signals in the calling thread and in all threads that it
/// starts, and ignores SIGPIPE. Destruction gives the signals their former meaning back.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Waits, on the thread that made it, and returns why: "SIGTERM", or the reason given to Request. From then on a
  /// second signal ends the process at once.
  std::string Wait();

  /// Whether Wait would return at once. Thread-safe.
  bool requested() const;

  /// Whether Request was called. Thread-safe.
  bool requested_from_inside() const { return reason_.load() != nullptr; }

  /// Ends the Wait. `reason` is a literal; the first one counts. Thread-safe; may come before Wait.
  void Request(const char* reason);

 private:
  std::atomic<const char*> reason_{nullptr};
  const int signal_fd_;
  const int request_fd_;
};

}  // namespace cellar::server
