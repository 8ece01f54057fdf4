#include "tests/support/child_process.h"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace cellar::tests {
namespace {

constexpr const char* kNoLog = "/dev/null";
constexpr Nanos kPatience = 60 * kSecond;

TEST(ChildProcessTest, Output_IsReadByTheLine) {
  auto child = ChildProcess::Start({"/bin/sh", "-c", "echo hello; exit 7"}, kNoLog);
  ASSERT_TRUE(child.ok()) << child.status().ToString();
  EXPECT_EQ((*child)->ReadLine(kPatience).value(), "hello");
  EXPECT_TRUE((*child)->ReadLine(kPatience).status().Is(StatusCode::kUnavailable));
  EXPECT_EQ((*child)->AwaitEnd(kPatience), 7);
  EXPECT_EQ((*child)->Ended(), 7);
}

TEST(ChildProcessTest, FrozenChild_RunsAndGoesOn) {
  auto frozen = ChildProcess::Start({"sleep", "1000"}, kNoLog);
  ASSERT_TRUE(frozen.ok());
  (*frozen)->Freeze();
  EXPECT_EQ((*frozen)->Ended(), std::nullopt);
  (*frozen)->Signal(SIGCONT);
  EXPECT_EQ((*frozen)->Ended(), std::nullopt);
  (*frozen)->Signal(SIGTERM);
  EXPECT_EQ((*frozen)->AwaitEnd(kPatience), 128 + SIGTERM);
}

TEST(ChildProcessTest, DestroyedChild_IsGone) {
  pid_t pid = 0;
  {
    auto child = ChildProcess::Start({"sleep", "1000"}, kNoLog);
    ASSERT_TRUE(child.ok());
    pid = (*child)->pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST(ChildProcessTest, WhatCannotBeRun_IsSaid) {
  EXPECT_TRUE(ChildProcess::Start({"/no/such/program"}, kNoLog).status().Is(StatusCode::kIoError));
  EXPECT_EQ(RunProgram({"echo", "a"}, kPatience).value(), "a\n");
  EXPECT_TRUE(RunProgram({"false"}, kPatience).status().Is(StatusCode::kUnavailable));
}

/// A runner whose child is started by a thread that ends; tells the child's number, then waits to be killed.
void RunUntilKilled(int told) {
  std::unique_ptr<ChildProcess> child;
  std::thread([&child] { child = ChildProcess::Start({"sleep", "1000"}, kNoLog).value(); }).join();
  const pid_t pid = child->pid();
  if (child->Ended() || ::write(told, &pid, sizeof(pid)) != sizeof(pid)) ::_exit(1);
  for (;;) ::pause();
}

TEST(ChildProcessTest, KilledRunner_TakesItsChildrenAlong) {
  // Orphans come to this process, so that it sees them end.
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t runner = ::fork();
  if (runner == 0) RunUntilKilled(ends[1]);
  pid_t child = 0;
  ASSERT_EQ(::read(ends[0], &child, sizeof(child)), static_cast<ssize_t>(sizeof(child)));
  EXPECT_EQ(::kill(child, 0), 0);
  EXPECT_EQ(::waitpid(runner, nullptr, WNOHANG), 0);
  ::kill(runner, SIGKILL);
  EXPECT_EQ(::waitpid(runner, nullptr, 0), runner);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

}  // namespace
}  // namespace cellar::tests
