#include "server/stop_signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "common/concurrency/thread.h"

namespace cellar::server {
namespace {

TEST(StopSignalsTest, Signal_EndsTheWait) {
  StopSignals signals;
  ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
  EXPECT_EQ(signals.Wait(), "SIGINT");
}

TEST(StopSignalsTest, SignalDuringTheWait_EndsIt) {
  StopSignals signals;
  common::Thread sender("sender", [] { ASSERT_EQ(::kill(::getpid(), SIGTERM), 0); });
  EXPECT_EQ(signals.Wait(), "SIGTERM");
}

TEST(StopSignalsTest, Request_EndsTheWaitAndTheFirstReasonCounts) {
  StopSignals signals;
  common::Thread other("requester", [&signals] {
    signals.Request("fenced");
    signals.Request("log lost");
  });
  EXPECT_EQ(signals.Wait(), "fenced");
}

TEST(StopSignalsTest, Requested_IsKnownBeforeTheWait) {
  StopSignals signals;
  EXPECT_FALSE(signals.requested());
  ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
  EXPECT_TRUE(signals.requested());
  EXPECT_EQ(signals.Wait(), "SIGTERM");
}

TEST(StopSignalsTest, BrokenPipe_IsAnErrorNotADeath) {
  StopSignals signals;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  ::close(ends[1]);
}

TEST(StopSignalsDeathTest, SecondSignal_EndsTheProcess) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        ::kill(::getpid(), SIGTERM);
        signals.Wait();
        ::kill(::getpid(), SIGTERM);
        ::pause();
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace cellar::server
