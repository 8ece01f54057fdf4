#include "server/guard.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace cellar::server {
namespace {

constexpr int kPatienceMs = 20'000;

/// A forked process with a guard of its own, whose last words come back through a pipe.
class Guarded {
 public:
  /// `live` runs in the process, which then waits to be killed, or ends in order when it returns true.
  template <typename Live>
  explicit Guarded(Live live) {
    EXPECT_EQ(::pipe(words_), 0);
    EXPECT_EQ(::pipe(told_), 0);
    pid_ = ::fork();
    if (pid_ != 0) {
      ::close(words_[1]);
      ::close(told_[1]);
      return;
    }
    const int out = words_[1];
    auto guard = Guard::Start([out](const std::string& words) {
      if (::write(out, words.data(), words.size()) < 0) ::_exit(1);
    });
    ::close(out);
    const bool ends = guard.ok() && live(**guard);
    if (ends) {
      guard->reset();
      ::_exit(0);
    }
    if (::write(told_[1], "x", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }

  ~Guarded() {
    if (pid_ > 0) Kill();
    ::close(words_[0]);
    ::close(told_[0]);
  }

  void AwaitTold() {
    char byte = 0;
    ASSERT_EQ(::read(told_[0], &byte, 1), 1);
  }
  void AwaitStop() {
    int status = 0;
    ASSERT_EQ(::waitpid(pid_, &status, WUNTRACED), pid_);
    ASSERT_TRUE(WIFSTOPPED(status));
  }
  void Signal(int number) { ASSERT_EQ(::kill(pid_, number), 0); }
  int Kill() {
    ::kill(pid_, SIGKILL);
    return Wait();
  }
  int Wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return status;
  }

  /// What the guard said, read to its end; the guard closes the pipe by ending.
  std::string Words() {
    std::string words;
    char buffer[256];
    while (true) {
      pollfd watched{.fd = words_[0], .events = POLLIN, .revents = 0};
      if (::poll(&watched, 1, kPatienceMs) != 1) return words + "(the guard lives on)";
      const ssize_t size = ::read(words_[0], buffer, sizeof(buffer));
      if (size <= 0) return words;
      words.append(buffer, static_cast<size_t>(size));
    }
  }

 private:
  int words_[2] = {-1, -1};
  int told_[2] = {-1, -1};
  pid_t pid_ = 0;
};

TEST(GuardTest, KilledProcess_LeavesItsLastWords) {
  Guarded process([](Guard& guard) {
    guard.SetLastWords("session 1");
    guard.SetLastWords("session 2");
    return false;
  });
  process.AwaitTold();
  process.Kill();
  EXPECT_EQ(process.Words(), "session 2");
}

TEST(GuardTest, StoppedProcess_IsNotDead) {
  Guarded process([](Guard& guard) {
    guard.SetLastWords("before the stop");
    ::raise(SIGSTOP);
    guard.SetLastWords("after it");
    return false;
  });
  process.AwaitStop();
  process.Signal(SIGCONT);
  process.AwaitTold();
  process.Kill();
  EXPECT_EQ(process.Words(), "after it");
}

TEST(GuardTest, NothingToSay_NothingDone) {
  Guarded silent([](Guard&) { return false; });
  silent.AwaitTold();
  silent.Kill();
  EXPECT_EQ(silent.Words(), "");
  Guarded taken_back([](Guard& guard) {
    guard.SetLastWords("session 1");
    guard.SetLastWords("");
    return false;
  });
  taken_back.AwaitTold();
  taken_back.Kill();
  EXPECT_EQ(taken_back.Words(), "");
}

TEST(GuardTest, OrderlyEnd_DismissesTheGuard) {
  Guarded process([](Guard& guard) {
    guard.SetLastWords("session 1");
    return true;
  });
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_EQ(process.Words(), "");
}

TEST(GuardTest, LongestWords_ArriveWhole) {
  Guarded process([](Guard& guard) {
    guard.SetLastWords(std::string(Guard::kMaxWordsBytes, 'w'));
    return false;
  });
  process.AwaitTold();
  process.Kill();
  EXPECT_EQ(process.Words(), std::string(Guard::kMaxWordsBytes, 'w'));
}

}  // namespace
}  // namespace cellar::server
