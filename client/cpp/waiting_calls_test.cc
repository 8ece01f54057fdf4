#include "client/cpp/waiting_calls.h"

#include <gtest/gtest.h>

#include "common/base/result.h"
#include "common/concurrency/thread.h"
#include "common/concurrency/threaded_executor.h"
#include "common/time/system_clock.h"

namespace cellar::client {
namespace {

Task<Result<int>> AnswerOnce(std::shared_ptr<Event> asked, std::shared_ptr<Event> answer, std::shared_ptr<int> ended) {
  asked->Set();
  co_await answer->Wait();
  ++*ended;
  co_return 7;
}

Task<void> WaitFor(std::shared_ptr<Event> event) {
  co_await event->Wait();
}

Task<void> SetOnLoop(std::shared_ptr<Event> event) {
  event->Set();
  co_return;
}

Task<void> StopOnLoop(WaitingCalls& calls) {
  calls.Stop();
  co_return;
}

class WaitingCallsTest : public testing::Test {
 protected:
  ~WaitingCallsTest() override { common::BlockOn(executor_, StopOnLoop(calls_)); }

  Result<int> Call() { return calls_.Run(AnswerOnce(asked_, answer_, ended_)); }

  common::SystemClock clock_;
  common::ThreadedExecutor executor_{clock_, common::ThreadedExecutorOptions()};
  WaitingCalls calls_{executor_};
  std::shared_ptr<Event> asked_ = std::make_shared<Event>("asked");
  std::shared_ptr<Event> answer_ = std::make_shared<Event>("answer");
  std::shared_ptr<int> ended_ = std::make_shared<int>(0);
};

TEST_F(WaitingCallsTest, AnAnswer_IsGiven) {
  common::BlockOn(executor_, SetOnLoop(answer_));
  const Result<int> reply = Call();
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(*reply, 7);
  calls_.Cancel();
  EXPECT_TRUE(Call().ok()) << "later calls are not cancelled";
}

TEST_F(WaitingCallsTest, Cancel_EndsTheWait_AndTheCallGoesOn) {
  Result<int> reply = 0;
  {
    const common::Thread thread("waits", [this, &reply] { reply = Call(); });
    common::BlockOn(executor_, WaitFor(asked_));
    calls_.Cancel();
  }
  EXPECT_TRUE(reply.status().Is(StatusCode::kCancelled)) << reply.status().ToString();
  EXPECT_EQ(*ended_, 0);
  common::BlockOn(executor_, SetOnLoop(answer_));
  common::BlockOn(executor_, SetOnLoop(answer_));  // behind what the first has woken
  EXPECT_EQ(*ended_, 1);
}

TEST_F(WaitingCallsTest, WhatNobodyWaitsFor_GoesWithTheClient) {
  {
    const common::Thread thread("waits", [this] { (void)Call(); });
    common::BlockOn(executor_, WaitFor(asked_));
    calls_.Cancel();
  }
  common::BlockOn(executor_, StopOnLoop(calls_));
  common::BlockOn(executor_, SetOnLoop(answer_));
  common::BlockOn(executor_, SetOnLoop(answer_));
  EXPECT_EQ(*ended_, 0);
}

}  // namespace
}  // namespace cellar::client
