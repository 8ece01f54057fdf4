#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "common/concurrency/block_on.h"
#include "common/concurrency/run_job.h"
#include "common/concurrency/sleep.h"
#include "common/concurrency/task_group.h"
#include "common/concurrency/threaded_executor.h"
#include "common/time/system_clock.h"

namespace cellar::common {
namespace {

class ThreadedExecutorTest : public testing::Test {
 protected:
  SystemClock clock;
  ThreadedExecutor executor{clock, {}};
};

Task<int> AddOnWorkers(Executor& executor, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    auto job = [i] { return i; };
    sum += co_await RunJob(executor, static_cast<JobClass>(i % kJobClassCount), job);
    CHECK(executor.OnLoop());
  }
  co_return sum;
}

TEST_F(ThreadedExecutorTest, Post_KeepsOrder) {
  std::vector<int> order;
  Parker done;
  for (int i = 0; i < 1000; ++i) executor.Post([&order, i] { order.push_back(i); });
  executor.Post([&done] { done.Unpark(); });
  done.Park();
  ASSERT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(ThreadedExecutorTest, BlockOn_JobsReturnToTheLoop) {
  EXPECT_EQ(BlockOn(executor, AddOnWorkers(executor, 200)), 199 * 200 / 2);
}

TEST_F(ThreadedExecutorTest, Timers_RunInOrderOfTheirDeadlines) {
  std::vector<int> order;
  Parker done;
  const Nanos now = clock.MonotonicNow();
  executor.PostAt(now + 3 * kMillisecond, [&] { done.Unpark(); });
  executor.PostAt(now + 2 * kMillisecond, [&] { order.push_back(2); });
  executor.PostAt(now + 1 * kMillisecond, [&] { order.push_back(1); });
  const TimerId cancelled = executor.PostAt(now + 1 * kMillisecond, [&] { order.push_back(9); });
  executor.CancelTimer(cancelled);
  done.Park();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  EXPECT_GE(clock.MonotonicNow(), now + 3 * kMillisecond);
}

TEST_F(ThreadedExecutorTest, CancelOnLoop_IsExactForDueTimers) {
  std::atomic<bool> second_ran = false;
  Parker done;
  executor.Post([&] {
    const Nanos now = clock.MonotonicNow();
    auto second = std::make_shared<TimerId>();
    executor.PostAt(now - 2, [this, second] { executor.CancelTimer(*second); });
    *second = executor.PostAt(now - 1, [&] { second_ran = true; });
    executor.PostAt(now, [&] { done.Unpark(); });
  });
  done.Park();
  EXPECT_FALSE(second_ran);
}

Task<void> SpawnMany(Executor& executor, TaskGroup& group, std::atomic<int>* done) {
  auto one = [](Executor& e, std::atomic<int>* counter) -> Task<void> {
    auto job = [counter] { ++*counter; };
    co_await RunJob(e, JobClass::kRead, job);
  };
  for (int i = 0; i < 500; ++i) group.Spawn(one(executor, done));
  co_await group.Join();
}

TEST_F(ThreadedExecutorTest, Group_ManyJobsAtOnce) {
  std::atomic<int> done = 0;
  TaskGroup group(executor);
  BlockOn(executor, SpawnMany(executor, group, &done));
  EXPECT_EQ(done, 500);
}

TEST(ThreadedExecutorStopTest, Destruction_DestroysWhatIsQueued) {
  SystemClock clock;
  auto owned = std::make_shared<int>(1);
  {
    ThreadedExecutorOptions options;
    options.spin = 20 * kMicrosecond;
    ThreadedExecutor executor(clock, options);
    executor.PostAt(clock.MonotonicNow() + 3600 * kSecond, [owned] {});
    for (int i = 0; i < 100; ++i) executor.PostJob(JobClass::kLog, [owned] {});
  }
  EXPECT_EQ(owned.use_count(), 1);
}

}  // namespace
}  // namespace cellar::common
