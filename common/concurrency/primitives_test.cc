#include <gtest/gtest.h>

#include <vector>

#include "common/concurrency/bounded_queue.h"
#include "common/concurrency/cancellation.h"
#include "common/concurrency/gate.h"
#include "common/concurrency/semaphore.h"
#include "common/concurrency/sim_scheduler.h"
#include "common/concurrency/sleep.h"
#include "common/concurrency/task_group.h"

namespace cellar::common {
namespace {

class PrimitivesTest : public testing::Test {
 protected:
  SimScheduler world{1};
  SimExecutor node{world, "node"};
  std::vector<int> order;
};

Task<void> WaitFor(Event& event, std::vector<int>* order, int number) {
  co_await event.Wait();
  order->push_back(number);
}

Task<bool> WaitAtMost(Event& event, Deadline deadline) {
  co_return co_await event.WaitUntil(deadline);
}

TEST_F(PrimitivesTest, Event_ResumesInOrderAndStaysSet) {
  Event event;
  TaskGroup group(node);
  for (int i = 0; i < 3; ++i) group.Spawn(WaitFor(event, &order, i));
  event.Set();
  EXPECT_TRUE(order.empty());  // never within Set
  world.RunUntilIdle();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  group.Spawn(WaitFor(event, &order, 3));
  EXPECT_EQ(order.back(), 3);  // at once
}

TEST_F(PrimitivesTest, Event_WakeOneWakesTheFirst) {
  Event event;
  TaskGroup group(node);
  for (int i = 0; i < 3; ++i) group.Spawn(WaitFor(event, &order, i));
  event.WakeOne();
  world.RunUntilIdle();
  EXPECT_EQ(order, (std::vector<int>{0}));
  event.WakeAll();
  world.RunUntilIdle();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST_F(PrimitivesTest, Event_WaitUntilTimesOut) {
  Event event;
  EXPECT_FALSE(world.Run(node, WaitAtMost(event, Deadline::After(node.clock(), kSecond))));
  EXPECT_EQ(world.now(), kSecond);
  EXPECT_FALSE(event.has_waiters());
  world.After(kSecond, [&] { event.Set(); });
  EXPECT_TRUE(world.Run(node, WaitAtMost(event, Deadline::After(node.clock(), 10 * kSecond))));
  EXPECT_EQ(world.now(), 2 * kSecond);
}

TEST_F(PrimitivesTest, Event_GoneBeforeItsWaiters) {
  TaskGroup group(node);
  {
    Event event;
    group.Spawn(WaitFor(event, &order, 1));
  }
  group.DestroyAll();
  EXPECT_TRUE(order.empty());
}

Task<void> Hold(Executor& executor, Semaphore& semaphore, uint64_t units, std::vector<int>* order, int number) {
  const Semaphore::Permit permit = co_await semaphore.Acquire(units);
  order->push_back(number);
  co_await SleepFor(executor, kSecond);
}

TEST_F(PrimitivesTest, Semaphore_LargeRequestIsNotOvertaken) {
  Semaphore bytes(10);
  TaskGroup group(node);
  group.Spawn(Hold(node, bytes, 6, &order, 0));
  group.Spawn(Hold(node, bytes, 8, &order, 1));
  group.Spawn(Hold(node, bytes, 1, &order, 2));
  EXPECT_EQ(order, (std::vector<int>{0}));
  EXPECT_FALSE(bytes.TryAcquire(1));
  world.RunFor(kSecond + 1);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  world.Run(node, group.Join());
  EXPECT_EQ(bytes.available(), 10u);
}

TEST_F(PrimitivesTest, Semaphore_DestroyedWaiterLetsTheNextIn) {
  Semaphore bytes(10);
  TaskGroup holder(node);
  TaskGroup large(node);
  TaskGroup small(node);
  holder.Spawn(Hold(node, bytes, 6, &order, 0));
  large.Spawn(Hold(node, bytes, 8, &order, 1));
  small.Spawn(Hold(node, bytes, 2, &order, 2));
  large.DestroyAll();
  world.RunFor(1);
  EXPECT_EQ(order, (std::vector<int>{0, 2}));
  world.Run(node, holder.Join());
  world.Run(node, small.Join());
  EXPECT_EQ(bytes.available(), 10u);
}

TEST_F(PrimitivesTest, Semaphore_GrantedButDestroyedGivesBack) {
  Semaphore one(1);
  TaskGroup group(node);
  Semaphore::Permit held = one.TryAcquire();
  group.Spawn(Hold(node, one, 1, &order, 0));
  held.Release();  // granted to the waiter, its resumption is under way
  EXPECT_EQ(one.available(), 0u);
  group.DestroyAll();
  EXPECT_EQ(one.available(), 1u);
}

Task<void> Critical(Executor& executor, AsyncMutex& mutex, int* inside, int* most) {
  const AsyncMutex::Permit lock = co_await mutex.Acquire();
  *most = std::max(*most, ++*inside);
  co_await SleepFor(executor, kMillisecond);
  --*inside;
}

TEST_F(PrimitivesTest, AsyncMutex_OneAtATime) {
  AsyncMutex mutex;
  TaskGroup group(node);
  int inside = 0;
  int most = 0;
  for (int i = 0; i < 20; ++i) group.Spawn(Critical(node, mutex, &inside, &most));
  world.Run(node, group.Join());
  EXPECT_EQ(most, 1);
}

Task<void> Drain(BoundedQueue<int>& queue, std::vector<int>* order) {
  while (true) {
    const std::optional<int> value = co_await queue.Pop();
    if (!value.has_value()) co_return;
    order->push_back(*value);
  }
}

TEST_F(PrimitivesTest, BoundedQueue_BusyWhenFullAndDrainedOnClose) {
  BoundedQueue<int> queue(2, "updates");
  EXPECT_TRUE(queue.TryPush(1).ok());
  EXPECT_TRUE(queue.TryPush(2).ok());
  EXPECT_EQ(queue.TryPush(3).ToString(), "busy: updates is full");
  TaskGroup group(node);
  group.Spawn(Drain(queue, &order));
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  EXPECT_TRUE(queue.TryPush(4).ok());
  queue.Close();
  EXPECT_TRUE(queue.TryPush(5).Is(StatusCode::kCancelled));
  world.Run(node, group.Join());
  EXPECT_EQ(order, (std::vector<int>{1, 2, 4}));
}

TEST_F(PrimitivesTest, BoundedQueue_SeveralConsumersGetAll) {
  BoundedQueue<int> queue(100);
  TaskGroup group(node);
  for (int i = 0; i < 3; ++i) group.Spawn(Drain(queue, &order));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(queue.TryPush(i).ok());
  queue.Close();
  world.Run(node, group.Join());
  EXPECT_EQ(order.size(), 50u);
}

Task<void> StayInside(Executor& executor, Gate::Pass pass) {
  co_await SleepFor(executor, kSecond);
  pass.Leave();
}

TEST_F(PrimitivesTest, Gate_CloseWaitsForThoseInside) {
  Gate gate;
  TaskGroup group(node);
  group.Spawn(StayInside(node, gate.TryEnter()));
  EXPECT_EQ(gate.inside(), 1u);
  world.Run(node, gate.CloseAndDrain());
  EXPECT_EQ(world.now(), kSecond);
  EXPECT_FALSE(gate.TryEnter());
  world.Run(node, group.Join());
}

Task<void> TickUntilCancelled(Executor& executor, CancellationToken token, int* ticks) {
  while (true) {
    if (co_await token.SleepUntil(Deadline::After(executor.clock(), kSecond))) co_return;
    ++*ticks;
  }
}

TEST_F(PrimitivesTest, Cancellation_EndsASleep) {
  CancellationSource source;
  TaskGroup group(node);
  int ticks = 0;
  group.Spawn(TickUntilCancelled(node, source.token(), &ticks));
  world.RunFor(3 * kSecond + kMillisecond);
  source.Cancel();
  world.Run(node, group.Join());
  EXPECT_EQ(ticks, 3);
  EXPECT_EQ(world.now(), 3 * kSecond + kMillisecond);
}

}  // namespace
}  // namespace cellar::common
