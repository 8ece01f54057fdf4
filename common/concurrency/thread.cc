#include "common/concurrency/thread.h"

#include <pthread.h>
#include <signal.h>

#include "common/base/check.h"

namespace cellar::common {
namespace {

constexpr size_t kMaxNameBytes = 15;

void RunBody(const std::string& name, UniqueFunction<void()> body) noexcept {
  pthread_setname_np(pthread_self(), name.substr(0, kMaxNameBytes).c_str());
  body();
}

}  // namespace

Thread::Thread(std::string name, UniqueFunction<void()> body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // What a fault of the thread itself raises stays open: blocked, it would end the process without a crash dump.
  for (int signal_number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) sigdelset(&all, signal_number);
  CHECK(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);  // inherited by the new thread
  thread_ = std::thread(
      [name = std::move(name), body = std::move(body)]() mutable noexcept { RunBody(name, std::move(body)); });
  CHECK(pthread_sigmask(SIG_SETMASK, &before, nullptr) == 0);
}

Thread::~Thread() {
  if (thread_.joinable()) Join();
}

void Thread::Join() {
  thread_.join();
}

}  // namespace cellar::common
