#include "common/concurrency/sim_scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/concurrency/mutex.h"
#include "common/concurrency/run_job.h"
#include "common/concurrency/sleep.h"
#include "common/concurrency/task_group.h"

namespace cellar::common {
namespace {

Task<void> Work3(Executor& executor, std::string* text, Mutex& mutex, char name) {
  for (int i = 0; i < 3; ++i) {
    auto job = [text, &mutex, name] {
      {
        MutexLock lock(mutex);
        text->push_back(name);
      }
      SchedulingPoint("between");
      MutexLock lock(mutex);
      text->push_back(name);
    };
    co_await RunJob(executor, JobClass::kRead, job);
    co_await SleepFor(executor, kMillisecond);
  }
}

/// What a small world does under a seed: the order in which things happened, and the trace hash.
std::pair<std::string, uint64_t> RunWorld(uint64_t seed) {
  SimScheduler world(seed);
  SimExecutor a(world, "a");
  SimExecutor b(world, "b");
  std::string text;
  Mutex mutex;
  TaskGroup on_a(a);
  TaskGroup on_b(b);
  for (const char name : {'1', '2', '3'}) on_a.Spawn(Work3(a, &text, mutex, name));
  for (const char name : {'4', '5', '6'}) on_b.Spawn(Work3(b, &text, mutex, name));
  EXPECT_EQ(world.RunUntilIdle(), SimScheduler::Outcome::kIdle);
  EXPECT_EQ(on_a.size() + on_b.size(), 0u);
  return {text, world.trace().hash()};
}

TEST(SimSchedulerTest, SameSeed_SameTrace) {
  std::set<std::string> orders;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const auto first = RunWorld(seed);
    const auto second = RunWorld(seed);
    EXPECT_EQ(first, second) << "seed " << seed;
    EXPECT_EQ(first.first.size(), 36u);
    orders.insert(first.first);
  }
  EXPECT_GT(orders.size(), 10u);  // seeds differ
}

TEST(SimSchedulerTest, FrozenNode_StandsStillWhileTheWorldGoesOn) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SimScheduler world(seed);
    SimExecutor still(world, "still");
    SimExecutor other(world, "other");
    std::string text;
    Mutex mutex;
    TaskGroup on_still(still);
    TaskGroup on_other(other);
    on_still.Spawn(Work3(still, &text, mutex, 's'));
    on_other.Spawn(Work3(other, &text, mutex, 'o'));
    world.RunUntil([&] { return text.find('s') != std::string::npos; });
    still.Freeze();
    const auto before = static_cast<size_t>(std::count(text.begin(), text.end(), 's'));
    still.Post([&] { text.push_back('p'); });
    world.RunFor(kSecond);
    EXPECT_EQ(static_cast<size_t>(std::count(text.begin(), text.end(), 's')), before);
    EXPECT_EQ(std::count(text.begin(), text.end(), 'o'), 6);
    EXPECT_EQ(text.find('p'), std::string::npos);
    still.Thaw();
    world.RunUntilIdle();
    EXPECT_EQ(std::count(text.begin(), text.end(), 's'), 6);
    EXPECT_NE(text.find('p'), std::string::npos);
  }
}

TEST(SimSchedulerTest, NodeKilledWhileFrozen_RunsOut) {
  SimScheduler world(5);
  SimExecutor node(world, "node");
  bool began = false;
  node.PostJob(JobClass::kRead, [&] {
    began = true;
    SchedulingPoint("middle");
  });
  world.RunUntil([&] { return began; });
  node.Freeze();
  world.RunUntilIdle();
  node.Kill();
  EXPECT_FALSE(node.frozen());
  node.RunOutJobs();
  EXPECT_FALSE(node.has_jobs());
}

TEST(SimSchedulerTest, LoopWork_InterleavesWithJobsAtALock) {
  int between = 0;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SimScheduler world(seed);
    SimExecutor node(world, "node");
    Mutex mutex;
    bool job_ran = false;
    node.Post([&] {
      const bool before = job_ran;
      MutexLock lock(mutex);
      between += !before && job_ran ? 1 : 0;
    });
    node.PostJob(JobClass::kRead, [&] { job_ran = true; });
    world.RunUntilIdle();
  }
  EXPECT_GT(between, 0);
  EXPECT_LT(between, 50);
}

TEST(SimSchedulerTest, Time_MovesOnlyWhenNothingCanRun) {
  SimScheduler world(1);
  SimExecutor node(world, "node");
  std::vector<Nanos> times;
  node.PostAt(node.clock().MonotonicNow() + 5 * kSecond, [&] { times.push_back(world.now()); });
  world.After(2 * kSecond, [&] { times.push_back(world.now()); });
  node.Post([&] { times.push_back(world.now()); });
  EXPECT_EQ(world.RunUntil([&] { return times.size() == 2; }), SimScheduler::Outcome::kReached);
  EXPECT_EQ(world.RunUntilIdle(4 * kSecond), SimScheduler::Outcome::kDeadline);
  EXPECT_EQ(world.now(), 4 * kSecond);
  EXPECT_EQ(world.RunUntilIdle(), SimScheduler::Outcome::kIdle);
  EXPECT_EQ(times, (std::vector<Nanos>{0, 2 * kSecond, 5 * kSecond}));
}

TEST(SimSchedulerTest, Clocks_RunAtTheirOwnRate) {
  SimScheduler world(1);
  SimExecutor fast(world, "fast");
  SimExecutor slow(world, "slow");
  fast.sim_clock().SetRate(500'000);
  slow.sim_clock().SetRate(-500'000);
  std::vector<std::pair<char, Nanos>> fired;
  fast.PostAt(fast.clock().MonotonicNow() + 3 * kSecond, [&] { fired.emplace_back('f', world.now()); });
  slow.PostAt(slow.clock().MonotonicNow() + 2 * kSecond, [&] { fired.emplace_back('s', world.now()); });
  world.RunUntilIdle();
  EXPECT_EQ(fired, (std::vector<std::pair<char, Nanos>>{{'f', 2 * kSecond}, {'s', 4 * kSecond}}));
  slow.sim_clock().SetWallOffset(-7 * kSecond);
  EXPECT_EQ(slow.clock().WallNow() - SimClock::kWallAtStart - slow.clock().BootNow(), -7 * kSecond);
}

TEST(SimSchedulerTest, Kill_DropsQueuedWorkAndRunsOutJobs) {
  SimScheduler world(3);
  auto owned = std::make_shared<int>(0);
  {
    SimExecutor node(world, "node");
    int steps = 0;
    for (int i = 0; i < 10; ++i) {
      node.PostJob(JobClass::kRead, [owned, &steps, &node] {
        ++*owned;
        SchedulingPoint("half-way");
        if (++steps == 1) node.Kill();
        node.Post([owned] { ADD_FAILURE() << "posted by a dead node"; });
      });
    }
    node.PostAt(node.clock().MonotonicNow() + kSecond, [owned] { ADD_FAILURE() << "timer of a dead node"; });
    world.RunUntilIdle();
    EXPECT_TRUE(node.IsDead());
    EXPECT_FALSE(node.has_jobs());
    EXPECT_EQ(steps, *owned);  // what had started ran out
    EXPECT_LE(*owned, 4);      // as many as may run at once
  }
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(SimSchedulerTest, DestroyedNode_WaitsForItsJobs) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SimScheduler world(seed);
    int ended = 0;
    int started = 0;
    {
      SimExecutor node(world, "node");
      node.PostJob(JobClass::kRead, [&] {
        ++started;
        for (int i = 0; i < 10; ++i) SchedulingPoint("step");
        ++ended;
      });
      world.RunUntil([&] { return started == 1; });
    }
    EXPECT_EQ(ended, started);
  }
}

TEST(SimSchedulerTest, Describe_SaysWhatIsWhere) {
  SimScheduler world(1);
  SimExecutor node(world, "rs1");
  node.PostAt(node.clock().MonotonicNow() + kSecond, [] {});
  const std::string text = world.Describe();
  EXPECT_NE(text.find("rs1: 0 works, 1 timers, 0 queued jobs"), std::string::npos) << text;
}

TEST(SimSchedulerTest, ThousandsOfJobs_ReuseThreads) {
  SimScheduler world(1);
  SimExecutor node(world, "node");
  int done = 0;
  for (int i = 0; i < 20'000; ++i) {
    node.PostJob(static_cast<JobClass>(i % kJobClassCount), [&] {
      SchedulingPoint("step");
      ++done;
    });
  }
  world.RunUntilIdle();
  EXPECT_EQ(done, 20'000);
}

TEST(SimSchedulerDeathTest, TaskThatNeverEnds_IsReported) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SimScheduler world(1);
        SimExecutor node(world, "rs1");
        Event never("manifest install");
        auto wait = [](Event& event) -> Task<void> { co_await event.Wait(); };
        TaskGroup group(node);
        group.Spawn(wait(never), "compaction");
        world.Run(node, group.Join());
      },
      "a task does not end\n(.*\n)*compaction: manifest install");
}

}  // namespace
}  // namespace cellar::common
