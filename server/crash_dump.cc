#include "server/crash_dump.h"

#include <execinfo.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "common/base/check.h"

namespace cellar::server {
namespace {

constexpr int kMaxFrames = 64;
constexpr int kCrashSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr size_t kAlternateStackBytes = 64 * 1024;

// A signal handler gets no parameters: what it prints is set once, before it can run.
// (The handler may use async-signal-safe calls only: no allocation, no stdio.)
constinit char crash_title[256] = {};
alignas(16) constinit char alternate_stack[kAlternateStackBytes] = {};

void WriteText(const char* text) {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

const char* NameOf(int signal_number) {
  switch (signal_number) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    default:
      return "SIGABRT";
  }
}

void OnCrash(int signal_number) {
  WriteText("\n*** ");
  WriteText(crash_title);
  WriteText(" crashed: ");
  WriteText(NameOf(signal_number));
  WriteText("\n");
  void* frames[kMaxFrames];
  ::backtrace_symbols_fd(frames, ::backtrace(frames, kMaxFrames), STDERR_FILENO);
  // SA_RESETHAND gave the default action back: raised again, the process ends as it would have.
  ::raise(signal_number);
}

[[noreturn]] void OnTerminate() {
  if (const std::exception_ptr uncaught = std::current_exception()) {
    try {
      std::rethrow_exception(uncaught);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "uncaught exception: %s\n", error.what());
    } catch (...) {
      std::fprintf(stderr, "uncaught exception of unknown type\n");
    }
  }
  std::abort();
}

}  // namespace

void InstallCrashDump(const std::string& title) {
  std::snprintf(crash_title, sizeof(crash_title), "%s", title.c_str());
  void* frame = nullptr;
  (void)::backtrace(&frame, 1);  // Loads libgcc now: the handler must not.

  stack_t stack = {};
  stack.ss_sp = alternate_stack;
  stack.ss_size = sizeof(alternate_stack);
  CHECK(::sigaltstack(&stack, nullptr) == 0);

  struct sigaction action = {};
  action.sa_handler = OnCrash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
  for (int signal_number : kCrashSignals) CHECK(::sigaction(signal_number, &action, nullptr) == 0);
  std::set_terminate(OnTerminate);
}

}  // namespace cellar::server
