#include "tests/cluster/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/concurrency/parker.h"
#include "common/time/system_clock.h"

extern char** environ;

namespace cellar::tests {
namespace {

constexpr Nanos kLook = 2 * kMillisecond;

Status Failed(const std::string& what, int error) {
  return common::IoError(what + ": " + std::strerror(error));
}

/// With every signal let through and handled as by default, whatever this process blocks.
Result<pid_t> Spawn(const std::vector<std::string>& command, const std::string& log_path, int output) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, words[0], &files, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return Failed(command[0], error);
  return pid;
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::vector<std::string>& command,
                                                          const std::string& log_path) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failed("a pipe", errno);
  auto pid = Spawn(command, log_path, ends[1]);
  ::close(ends[1]);
  if (!pid.ok()) {
    ::close(ends[0]);
    return pid.status();
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(*pid, ends[0]));
}

ChildProcess::~ChildProcess() {
  if (!ended_) {
    Signal(SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(output_);
}

Result<std::string> ChildProcess::ReadLine(Nanos patience) {
  const common::SystemClock clock;
  const Nanos end = clock.MonotonicNow() + patience;
  std::string line;
  while (true) {
    const Nanos left = end - clock.MonotonicNow();
    if (left <= 0) return common::TimedOut("no line from process " + std::to_string(pid_) + " yet");
    pollfd watched{.fd = output_, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, static_cast<int>(left / kMillisecond) + 1) <= 0) continue;
    char byte = 0;
    const ssize_t size = ::read(output_, &byte, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return common::Unavailable("process " + std::to_string(pid_) + " ended without a line: " + line);
    if (byte == '\n') return line;
    line.push_back(byte);
  }
}

void ChildProcess::Signal(int number) const {
  if (!ended_) ::kill(pid_, number);
}

std::optional<int> ChildProcess::Ended() {
  if (ended_) return ended_;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) {
    ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return ended_;
}

std::optional<int> ChildProcess::AwaitEnd(Nanos patience) {
  const common::SystemClock clock;
  const Nanos end = clock.MonotonicNow() + patience;
  common::Parker parker;
  while (!Ended() && clock.MonotonicNow() < end) parker.ParkFor(kLook);
  return ended_;
}

Result<std::string> RunProgram(const std::vector<std::string>& command, Nanos patience) {
  std::string path = "/tmp/cellar-run-XXXXXX";
  const int file = ::mkstemp(path.data());
  if (file < 0) return Failed(path, errno);
  ::close(file);
  std::vector<std::string> shell = {"/bin/sh", "-c", "exec \"$@\" >&2", "sh"};
  shell.insert(shell.end(), command.begin(), command.end());
  auto child = ChildProcess::Start(shell, path);
  std::optional<int> status;
  if (child.ok()) status = (*child)->AwaitEnd(patience);
  std::ostringstream output;
  output << std::ifstream(path).rdbuf();
  ::unlink(path.c_str());
  RETURN_IF_ERROR(child.status());
  if (!status) return common::TimedOut(command[0] + " did not end: " + output.str());
  if (*status != 0)
    return common::Unavailable(command[0] + " ended with " + std::to_string(*status) + ": " + output.str());
  return output.str();
}

}  // namespace cellar::tests
