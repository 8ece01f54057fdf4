#include "tests/support/child_process.h"

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

#include "common/base/check.h"
#include "common/concurrency/parker.h"
#include "common/time/system_clock.h"

extern char** environ;

namespace cellar::tests {
namespace {

constexpr Nanos kLook = 2 * kMillisecond;

Status Failed(const std::string& what, int error) {
  return common::IoError(what + ": " + std::strerror(error));
}

/// Where a program's files are: descriptors of this process, or a path for what it has to say.
struct Files {
  int input = -1;   ///< -1: there is none.
  int output = -1;  ///< -1: as the log.
  std::string log_path;
};

/// With every signal let through and handled as by default, whatever this process blocks.
Result<pid_t> Spawn(const std::vector<std::string>& command, const Files& files) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (files.input < 0) posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (files.input >= 0) posix_spawn_file_actions_adddup2(&actions, files.input, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, files.log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0644);
  posix_spawn_file_actions_adddup2(&actions, files.output < 0 ? STDERR_FILENO : files.output, STDOUT_FILENO);
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
  const int error = ::posix_spawnp(&pid, words[0], &actions, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return Failed(command[0], error);
  return pid;
}

void Reap(pid_t pid) {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::vector<std::string>& command,
                                                          const std::string& log_path) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failed("a pipe", errno);
  Files files;
  files.output = ends[1];
  files.log_path = log_path;
  auto pid = Spawn(command, files);
  ::close(ends[1]);
  if (!pid.ok()) {
    ::close(ends[0]);
    return pid.status();
  }
  std::unique_ptr<ChildProcess> child(new ChildProcess(*pid, ends[0]));
  RETURN_IF_ERROR(child->StartWatch());
  return child;
}

/// Not by PR_SET_PDEATHSIG: that fires when the thread ends that started the child.
Status ChildProcess::StartWatch() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failed("a pipe", errno);
  Files files;
  files.input = ends[0];
  files.log_path = "/dev/null";
  // What a terminal or a dying parent sends to all is not for it.
  const std::string script = "trap '' HUP INT QUIT TERM; read -r nothing; kill -KILL \"$1\"";
  const auto watch = Spawn({"/bin/sh", "-c", script, "sh", std::to_string(pid_)}, files);
  ::close(ends[0]);
  watch_pipe_ = ends[1];
  RETURN_IF_ERROR(watch.status());
  watch_ = *watch;
  return common::OkStatus();
}

/// Before the child's number can be another's.
void ChildProcess::EndWatch() {
  if (watch_ != 0) {
    ::kill(watch_, SIGKILL);
    Reap(watch_);
    watch_ = 0;
  }
  if (watch_pipe_ >= 0) ::close(watch_pipe_);
  watch_pipe_ = -1;
}

ChildProcess::~ChildProcess() {
  EndWatch();
  if (!ended_) {
    Signal(SIGKILL);
    Reap(pid_);
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

void ChildProcess::Freeze() {
  Signal(SIGSTOP);
  CHECK(::waitpid(pid_, nullptr, WUNTRACED) == pid_);
}

std::optional<int> ChildProcess::Ended() {
  if (ended_) return ended_;
  siginfo_t news = {};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &news, WEXITED | WNOHANG | WNOWAIT) != 0 || news.si_pid == 0) {
    return ended_;
  }
  EndWatch();
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
