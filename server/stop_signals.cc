#include "server/stop_signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <iterator>

#include "common/base/check.h"

namespace cellar::server {
namespace {

sigset_t StopSet() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

int OpenSignalFd() {
  const sigset_t set = StopSet();
  CHECK(::sigprocmask(SIG_BLOCK, &set, nullptr) == 0);
  return ::signalfd(-1, &set, SFD_CLOEXEC);
}

const char* NameOf(uint32_t signal_number) {
  switch (signal_number) {
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    default:
      return "SIGHUP";
  }
}

}  // namespace

StopSignals::StopSignals() : signal_fd_(OpenSignalFd()), request_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(signal_fd_ >= 0 && request_fd_ >= 0);
  // A peer or a pipe that is gone shows as EPIPE where it is written to.
  CHECK(::signal(SIGPIPE, SIG_IGN) != SIG_ERR);
}

StopSignals::~StopSignals() {
  const sigset_t set = StopSet();
  CHECK(::sigprocmask(SIG_UNBLOCK, &set, nullptr) == 0);
  CHECK(::signal(SIGPIPE, SIG_DFL) != SIG_ERR);
  ::close(signal_fd_);
  ::close(request_fd_);
}

std::string StopSignals::Wait() {
  pollfd watched[] = {{.fd = signal_fd_, .events = POLLIN}, {.fd = request_fd_, .events = POLLIN}};
  int ready = 0;
  do {
    ready = ::poll(watched, std::size(watched), -1);
  } while (ready < 0 && errno == EINTR);
  CHECK(ready > 0);
  const char* why = reason_.load();
  if (why == nullptr) {
    signalfd_siginfo info = {};
    CHECK(::read(signal_fd_, &info, sizeof(info)) == sizeof(info));
    why = NameOf(info.ssi_signo);
  }
  const sigset_t set = StopSet();
  CHECK(::sigprocmask(SIG_UNBLOCK, &set, nullptr) == 0);
  return why;
}

bool StopSignals::requested() const {
  pollfd watched[] = {{.fd = signal_fd_, .events = POLLIN}, {.fd = request_fd_, .events = POLLIN}};
  return ::poll(watched, std::size(watched), 0) > 0;
}

void StopSignals::Request(const char* reason) {
  const char* none = nullptr;
  if (!reason_.compare_exchange_strong(none, reason)) return;
  const uint64_t one = 1;
  CHECK(::write(request_fd_, &one, sizeof(one)) == sizeof(one));
}

}  // namespace cellar::server
