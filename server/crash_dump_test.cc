#include "server/crash_dump.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <stdexcept>

#include "common/base/check.h"
#include "common/concurrency/thread.h"

namespace cellar::server {
namespace {

TEST(CrashDumpDeathTest, Check_PrintsTitleAndFrames) {
  EXPECT_EXIT(
      {
        InstallCrashDump("cellar 1.2.3");
        CHECK(1 + 1 == 3);
      },
      testing::KilledBySignal(SIGABRT),
      "CHECK.1 . 1 == 3. failed(.|\n)*cellar 1.2.3 crashed: SIGABRT(.|\n)*server_test");
}

TEST(CrashDumpDeathTest, UncaughtException_IsNamed) {
  EXPECT_EXIT(
      {
        InstallCrashDump("cellar");
        common::Thread thrower("thrower", [] { throw std::runtime_error("nobody caught me"); });
      },
      testing::KilledBySignal(SIGABRT), "uncaught exception: nobody caught me(.|\n)*cellar crashed: SIGABRT");
}

TEST(CrashDumpDeathTest, SegmentationFaultOnAThread_IsDumped) {
  EXPECT_EXIT(
      {
        InstallCrashDump("cellar");
        common::Thread crasher("crasher", [] { ::raise(SIGSEGV); });
      },
      testing::KilledBySignal(SIGSEGV), "cellar crashed: SIGSEGV");
}

}  // namespace
}  // namespace cellar::server
