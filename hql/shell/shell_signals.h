#pragma once

namespace cellar::hql {

/// Takes SIGINT, SIGTERM and SIGHUP for the shell and ignores SIGPIPE. Made at the start of `main`, before any thread;
/// one a process. Destruction gives the signals their former meaning back.
class ShellSignals {
 public:
  ShellSignals();
  ~ShellSignals();
  ShellSignals(const ShellSignals&) = delete;
  ShellSignals& operator=(const ShellSignals&) = delete;

  /// A signalfd of the three.
  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace cellar::hql
