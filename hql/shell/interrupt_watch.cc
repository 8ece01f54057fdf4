#include "hql/shell/interrupt_watch.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "common/base/check.h"

namespace cellar::hql {

namespace {

constexpr int kImpatientInterrupts = 3;

int NewEventFd() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  CHECK(fd >= 0);
  return fd;
}

void Notify(int fd) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(fd, &one, sizeof(one));  // full: it is notified already
}

}  // namespace

InterruptWatch::InterruptWatch(const ShellSignals& signals, std::function<void()> cancel,
                               std::function<void()> impatient)
    : cancel_(std::move(cancel)), impatient_(std::move(impatient)), wake_fd_(NewEventFd()), stop_fd_(NewEventFd()) {
  thread_ = std::make_unique<common::Thread>("shell-signals", [this, fd = signals.fd()] { Watch(fd); });
}

InterruptWatch::~InterruptWatch() {
  Notify(stop_fd_);
  thread_.reset();
  ::close(wake_fd_);
  ::close(stop_fd_);
}

void InterruptWatch::Watch(int signal_fd) {
  while (true) {
    pollfd watched[2] = {{signal_fd, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0) {
      CHECK(errno == EINTR);
      continue;
    }
    if ((watched[1].revents & POLLIN) != 0) return;
    signalfd_siginfo info = {};
    if (::read(signal_fd, &info, sizeof(info)) != sizeof(info)) continue;
    if (info.ssi_signo != SIGINT) end_requested_ = true;
    HandleInterrupt();
  }
}

void InterruptWatch::HandleInterrupt() {
  if (running_) {
    cancel_();
    if (++interrupts_ >= kImpatientInterrupts) impatient_();
    if (!end_requested_) return;
  }
  Wake();
}

void InterruptWatch::Wake() {
  interrupted_ = true;
  Notify(wake_fd_);
}

void InterruptWatch::set_running(bool running) {
  interrupts_ = 0;
  running_ = running;
}

bool InterruptWatch::TakeInterrupt() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t read = ::read(wake_fd_, &count, sizeof(count));  // nothing there: nothing to take
  return interrupted_.exchange(false);
}

bool InterruptWatch::WaitReadable(int fd, int timeout_ms) const {
  pollfd watched[2] = {{wake_fd_, POLLIN, 0}, {fd, POLLIN, 0}};
  int ready = 0;
  do {
    ready = ::poll(watched, fd < 0 ? 1 : 2, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace cellar::hql
