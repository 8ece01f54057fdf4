#include "common/concurrency/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/concurrency/event.h"
#include "common/concurrency/run_job.h"
#include "common/concurrency/sim_scheduler.h"
#include "common/concurrency/sleep.h"
#include "common/concurrency/task_group.h"
#include "common/concurrency/with_deadline.h"

namespace cellar::common {
namespace {

/// One node in a simulated world.
class TaskTest : public testing::Test {
 protected:
  SimScheduler world{1};
  SimExecutor node{world, "node"};
};

/// Counts the living, to see that frames are destroyed.
struct Counted {
  explicit Counted(int* count) : count_(count) { ++*count_; }
  Counted(Counted&& other) noexcept : count_(other.count_) { ++*count_; }
  ~Counted() { --*count_; }
  int* count_;
};

Task<int> Ready(int value) {
  co_return value;
}

Task<int64_t> SumOfReady(int count) {
  int64_t sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await Ready(1);
  co_return sum;
}

Task<int> Nested(int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await Nested(depth - 1);
}

Task<int> NestedSleep(Executor& executor, int depth) {
  if (depth == 0) {
    co_await SleepFor(executor, kSecond);
    co_return 0;
  }
  co_return 1 + co_await NestedSleep(executor, depth - 1);
}

Task<std::string> Fails() {
  co_return std::string("moved");
}

Task<Status> FailsWith(Status status) {
  co_return status;
}

Task<Result<int>> UsesMacros(bool fail) {
  CO_RETURN_IF_ERROR(co_await FailsWith(fail ? NotFound("x") : Status()));
  co_return 7;
}

Task<void> HoldAndWait(Event& event, int* alive, int* passed) {
  const Counted counted(alive);
  co_await event.Wait();
  ++*passed;
}

Task<void> WaitThroughChild(Event& event, int* alive, int* passed) {
  const Counted counted(alive);
  co_await HoldAndWait(event, alive, passed);
  ++*passed;
}

TEST_F(TaskTest, ReadyAwaits_MillionsTakeNoStack) {
  EXPECT_EQ(world.Run(node, SumOfReady(2'000'000)), 2'000'000);
}

TEST_F(TaskTest, DeepNesting_GoesThroughTheExecutor) {
  EXPECT_EQ(world.Run(node, Nested(20'000)), 20'000);
  EXPECT_EQ(world.Run(node, NestedSleep(node, 20'000)), 20'000);
}

TEST_F(TaskTest, Values_AreMovedOut) {
  EXPECT_EQ(world.Run(node, Fails()), "moved");
}

TEST_F(TaskTest, Macros_ReturnTheError) {
  EXPECT_EQ(*world.Run(node, UsesMacros(false)), 7);
  EXPECT_TRUE(world.Run(node, UsesMacros(true)).status().Is(StatusCode::kNotFound));
}

TEST_F(TaskTest, NeverStarted_IsDestroyed) {
  int alive = 0;
  int passed = 0;
  Event event;
  { const Task<void> task = HoldAndWait(event, &alive, &passed); }
  EXPECT_EQ(alive, 0);
}

TEST_F(TaskTest, DestroyedWhileSuspended_IsNotResumed) {
  int alive = 0;
  int passed = 0;
  Event event;
  {
    TaskGroup group(node);
    group.Spawn(WaitThroughChild(event, &alive, &passed));
    group.Spawn(WaitThroughChild(event, &alive, &passed));
    EXPECT_EQ(alive, 4);
    event.Set();  // their resumptions are posted, and withdrawn
    group.DestroyAll();
    EXPECT_EQ(alive, 0);
  }
  world.RunUntilIdle();
  EXPECT_EQ(passed, 0);
}

TEST_F(TaskTest, DestroyedWhileBounced_IsNotResumed) {
  TaskGroup group(node);
  auto sink = [](Task<int> task) -> Task<void> { co_await std::move(task); };
  group.Spawn(sink(Nested(1000)));
  EXPECT_EQ(group.size(), 1u);  // at depth 128 it waits in the executor
  group.DestroyAll();
  world.RunUntilIdle();
}

TEST_F(TaskTest, DestroyedDuringJob_JobRunsOn) {
  bool ran = false;
  TaskGroup group(node);
  auto wait = [](Executor& executor, bool* flag) -> Task<void> {
    auto job = [flag] { *flag = true; };
    co_await RunJob(executor, JobClass::kRead, job);
    ADD_FAILURE() << "resumed after its destruction";
  };
  group.Spawn(wait(node, &ran));
  group.DestroyAll();
  world.RunUntilIdle();
  EXPECT_TRUE(ran);
}

Task<void> SleepAndCount(Executor& executor, Nanos duration, int* done) {
  co_await SleepFor(executor, duration);
  ++*done;
}

TEST_F(TaskTest, Group_JoinWaitsForAll) {
  TaskGroup group(node);
  int done = 0;
  for (int i = 1; i <= 10; ++i) group.Spawn(SleepAndCount(node, i * kSecond, &done), "sleeper");
  EXPECT_EQ(group.size(), 10u);
  EXPECT_NE(group.Describe().find("sleeper: sleep"), std::string::npos);
  world.Run(node, group.Join());
  EXPECT_EQ(done, 10);
  EXPECT_EQ(world.now(), 10 * kSecond);
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(TaskTest, Group_OfDeadNodeDestroysItsTasks) {
  int done = 0;
  {
    TaskGroup group(node);
    group.Spawn(SleepAndCount(node, kSecond, &done));
    node.Kill();
  }
  world.RunFor(kSecond * 2);
  EXPECT_EQ(done, 0);
}

TEST_F(TaskTest, Group_MayOutliveItsExecutorWhenEmpty) {
  auto other = std::make_unique<SimExecutor>(world, "other");
  TaskGroup group(*other);
  other.reset();
}

TEST(TaskDeathTest, Group_DestroyedWithRunningTask_Aborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SimScheduler world(1);
        SimExecutor node(world, "node");
        int done = 0;
        TaskGroup group(node);
        group.Spawn(SleepAndCount(node, kSecond, &done));
      },
      "tasks_have_ended");
}

Task<void> Throws() {
  throw 1;
  co_return;
}

TEST(TaskDeathTest, Exception_Aborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SimScheduler world(1);
        SimExecutor node(world, "node");
        world.Run(node, Throws());
      },
      "exception_left_a_coroutine");
}

Task<Result<int>> SleepThenValue(Executor& executor, Nanos duration) {
  co_await SleepFor(executor, duration);
  co_return 5;
}

Task<Result<int>> ReadyResult() {
  co_return 6;
}

TEST_F(TaskTest, WithDeadline_TimesOutOrNot) {
  const Clock& clock = node.clock();
  EXPECT_EQ(*world.Run(node, WithDeadline(Deadline::After(clock, 2 * kSecond), SleepThenValue(node, kSecond))), 5);
  EXPECT_EQ(*world.Run(node, WithDeadline(Deadline::After(clock, 2 * kSecond), ReadyResult())), 6);
  const Nanos before = world.now();
  const Result<int> late =
      world.Run(node, WithDeadline(Deadline::After(clock, 2 * kSecond), SleepThenValue(node, 3 * kSecond)));
  EXPECT_TRUE(late.status().Is(StatusCode::kTimedOut));
  EXPECT_EQ(world.now() - before, 2 * kSecond);
}

TEST_F(TaskTest, RunJob_ReturnsItsValue) {
  auto ask = [](Executor& executor) -> Task<std::string> {
    const bool on_loop = executor.OnLoop();
    auto job = [&executor] { return std::string(executor.OnLoop() ? "loop" : "worker"); };
    const std::string where = co_await RunJob(executor, JobClass::kSystem, job);
    co_return where + (on_loop && executor.OnLoop() ? ", back on the loop" : "");
  };
  EXPECT_EQ(world.Run(node, ask(node)), "worker, back on the loop");
}

}  // namespace
}  // namespace cellar::common
