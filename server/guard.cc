#include "server/guard.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/base/check.h"

namespace cellar::server {
namespace {

/// What came last before the end of the pipe, as a whole line.
std::string ReadLastLine(int pipe) {
  std::string last;
  std::string begun;
  char buffer[4096];
  while (true) {
    const ssize_t size = ::read(pipe, buffer, sizeof(buffer));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return last;
    for (const char byte : std::string_view(buffer, static_cast<size_t>(size))) {
      if (byte == '\n') {
        last = std::exchange(begun, std::string());
      } else {
        begun.push_back(byte);
      }
    }
  }
}

/// The guard's own life. A signal to the whole group or from the terminal is meant for the server, whose end follows.
[[noreturn]] void WatchAndEnd(int pipe, const Guard::AfterDeath& after_death) {
  ::setsid();
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(number, SIG_IGN);
  ::prctl(PR_SET_NAME, "cellar-guard");
  const int nothing = ::open("/dev/null", O_RDWR);
  if (nothing >= 0) {
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    if (nothing > STDERR_FILENO) ::close(nothing);
  }
  const std::string last_words = ReadLastLine(pipe);
  if (!last_words.empty()) after_death(last_words);
  ::_exit(0);
}

Status Failed(const char* what) {
  return common::IoError(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

Result<std::unique_ptr<Guard>> Guard::Start(AfterDeath after_death) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failed("a pipe for the guard process");
  const pid_t pid = ::fork();
  if (pid < 0) {
    const Status status = Failed("the guard process");
    ::close(ends[0]);
    ::close(ends[1]);
    return status;
  }
  if (pid == 0) {
    ::close(ends[1]);
    WatchAndEnd(ends[0], after_death);
  }
  ::close(ends[0]);
  return std::unique_ptr<Guard>(new Guard(pid, ends[1]));
}

Guard::~Guard() {
  SetLastWords("");
  ::close(pipe_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Guard::SetLastWords(std::string_view words) {
  CHECK(words.size() <= kMaxWordsBytes && words.find('\n') == std::string_view::npos);
  const std::string line = std::string(words) + "\n";
  // Short enough for the pipe to take it whole. A guard that is gone cannot be told; then the lease has to do.
  ssize_t written = 0;
  do {
    written = ::write(pipe_, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
}

}  // namespace cellar::server
