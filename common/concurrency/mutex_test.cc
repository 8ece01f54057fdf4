#include "common/concurrency/mutex.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "common/concurrency/event.h"
#include "common/concurrency/sim_scheduler.h"
#include "common/concurrency/thread.h"

namespace cellar::common {
namespace {

TEST(MutexTest, Threads_Exclude) {
  Mutex mutex;
  int counter = 0;
  {
    std::vector<std::unique_ptr<Thread>> threads;
    for (int i = 0; i < 4; ++i) {
      threads.push_back(std::make_unique<Thread>("adder", [&] {
        for (int j = 0; j < 1000; ++j) {
          MutexLock lock(mutex);
          ++counter;
        }
      }));
    }
  }
  EXPECT_EQ(counter, 4000);
}

TEST(MutexTest, SharedMutex_ReadersAndWriter) {
  SharedMutex mutex;
  int value = 0;
  {
    Thread writer("writer", [&] {
      for (int j = 0; j < 1000; ++j) {
        WriterLock lock(mutex);
        value += 2;
      }
    });
    for (int j = 0; j < 1000; ++j) {
      ReaderLock lock(mutex);
      EXPECT_EQ(value % 2, 0);
    }
  }
  EXPECT_EQ(value, 2000);
}

TEST(MutexDeathTest, HeldOverAWaitInSimulation_Aborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SimScheduler world(1);
        SimExecutor node(world, "node");
        Mutex mutex;
        node.PostJob(JobClass::kRead, [&] {
          MutexLock lock(mutex);
          SchedulingPoint("file append");
        });
        world.RunUntilIdle();
      },
      "a mutex is held over I/O or a wait, at: file append");
}

Task<void> HoldOverAWait(Mutex& mutex, Event& event) NO_THREAD_SAFETY_ANALYSIS {
  mutex.Lock();
  co_await event.Wait();
  mutex.Unlock();
}

TEST(MutexDeathTest, HeldOverCoAwait_Aborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SimScheduler world(1);
        SimExecutor node(world, "node");
        Mutex mutex;
        Event never;
        world.Run(node, HoldOverAWait(mutex, never));
      },
      "a mutex is held over I/O or a wait, at: the end of a work on the loop");
}

TEST(MutexDeathTest, TakenTwice_Aborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SimScheduler world(1);
        SimExecutor node(world, "node");
        Mutex mutex;
        node.Post([&]() NO_THREAD_SAFETY_ANALYSIS {
          mutex.Lock();
          mutex.Lock();
        });
        world.RunUntilIdle();
      },
      "mutex_is_free_in_simulation");
}

}  // namespace
}  // namespace cellar::common
