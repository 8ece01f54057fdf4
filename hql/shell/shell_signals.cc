#include "hql/shell/shell_signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/base/check.h"

namespace cellar::hql {

namespace {

sigset_t TakenSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

int OpenSignalFd() {
  const sigset_t set = TakenSignals();
  CHECK(::sigprocmask(SIG_BLOCK, &set, nullptr) == 0);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

ShellSignals::ShellSignals() : fd_(OpenSignalFd()) {
  CHECK(fd_ >= 0);
  CHECK(::signal(SIGPIPE, SIG_IGN) != SIG_ERR);
}

ShellSignals::~ShellSignals() {
  const sigset_t set = TakenSignals();
  ::close(fd_);
  CHECK(::sigprocmask(SIG_UNBLOCK, &set, nullptr) == 0);
  CHECK(::signal(SIGPIPE, SIG_DFL) != SIG_ERR);
}

}  // namespace cellar::hql
