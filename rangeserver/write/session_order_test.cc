#include "rangeserver/write/session_order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/concurrency/sim_scheduler.h"
#include "common/concurrency/task_group.h"

namespace cellar::rangeserver {
namespace {

constexpr model::SessionId kSession{5};
constexpr model::SessionId kOther{6};

class SessionOrderTest : public testing::Test {
 protected:
  /// Waits for the place's turn, then leaves it, and says so in `left_`.
  Task<void> PassThrough(SessionOrder::Place* place, std::string name) {
    co_await place->AwaitTurn();
    left_.push_back(std::move(name));
    place->Leave();
  }
  void Spawn(SessionOrder::Place& place, const std::string& name) { tasks_.Spawn(PassThrough(&place, name), "batch"); }

  SimScheduler world_{3};
  SimExecutor node_{world_, "server"};
  common::TaskGroup tasks_{node_};
  const std::shared_ptr<SessionOrder> order_ = std::make_shared<SessionOrder>();
  std::vector<std::string> left_;
};

TEST_F(SessionOrderTest, BatchesOfASession_GoInTheOrderOfTheirPlaces) {
  SessionOrder::Place first(order_, kSession);
  SessionOrder::Place second(order_, kSession);
  SessionOrder::Place third(order_, kSession);
  Spawn(third, "third");
  Spawn(second, "second");
  world_.RunFor(kSecond);
  EXPECT_TRUE(left_.empty()) << "the first has not left";
  Spawn(first, "first");
  world_.RunFor(kSecond);
  EXPECT_EQ(left_, (std::vector<std::string>{"first", "second", "third"}));
}

TEST_F(SessionOrderTest, OtherSessions_AndThoseWithout_WaitForNobody) {
  SessionOrder::Place first(order_, kSession);
  SessionOrder::Place other(order_, kOther);
  SessionOrder::Place nameless(order_, model::SessionId());
  SessionOrder::Place nameless_too(order_, model::SessionId());
  Spawn(other, "other");
  Spawn(nameless_too, "without");
  world_.RunFor(kSecond);
  EXPECT_EQ(left_.size(), 2u);
}

TEST_F(SessionOrderTest, APlaceThatIsGivenUp_LetsTheNextOneGoOn) {
  auto first = std::make_unique<SessionOrder::Place>(order_, kSession);
  SessionOrder::Place second(order_, kSession);
  Spawn(second, "second");
  world_.RunFor(kSecond);
  EXPECT_TRUE(left_.empty());
  first.reset();
  world_.RunFor(kSecond);
  EXPECT_EQ(left_.size(), 1u);
}

TEST_F(SessionOrderTest, RefusedAndToComeAgain_StallsTheSession_UntilItResumes) {
  for (const Status& refusal : {common::Busy(""), common::NotOwner(""), common::Unavailable(""), common::TimedOut(""),
                                common::StaleSchema("")}) {
    order_->NoteRefusal(kSession, refusal, 0);
    EXPECT_TRUE(order_->CheckGoesOn(kSession, false, kSecond).Is(StatusCode::kBusy)) << refusal.ToString();
    EXPECT_TRUE(order_->CheckGoesOn(kOther, false, kSecond).ok());
    EXPECT_TRUE(order_->CheckGoesOn(kSession, true, kSecond).ok());
    EXPECT_TRUE(order_->CheckGoesOn(kSession, false, kSecond).ok()) << "the stall is over";
  }
}

TEST_F(SessionOrderTest, RefusedForGood_StallsNobody) {
  for (const Status& refusal : {common::InvalidArgument(""), common::NoSpace(""), Status()}) {
    order_->NoteRefusal(kSession, refusal, 0);
    EXPECT_TRUE(order_->CheckGoesOn(kSession, false, kSecond).ok()) << refusal.ToString();
  }
  order_->NoteRefusal(model::SessionId(), common::Busy(""), 0);
  EXPECT_TRUE(order_->CheckGoesOn(model::SessionId(), false, kSecond).ok()) << "no session, no order";
}

TEST_F(SessionOrderTest, AStall_EndsByItself) {
  order_->NoteRefusal(kSession, common::Busy(""), kSecond);
  EXPECT_FALSE(order_->CheckGoesOn(kSession, false, kSecond + SessionOrder::kStallLife - 1).ok());
  EXPECT_TRUE(order_->CheckGoesOn(kSession, false, kSecond + SessionOrder::kStallLife).ok());
}

TEST_F(SessionOrderTest, TooManyStalls_ForgetWhatIsOver_ThenWhatEndsFirst) {
  constexpr auto kMost = static_cast<int64_t>(SessionOrder::kMaxStalledSessions);
  order_->NoteRefusal(kSession, common::Busy(""), 0);
  for (int64_t i = 1; i < kMost; ++i) order_->NoteRefusal(model::SessionId(1000 + i), common::Busy(""), 2);
  EXPECT_EQ(order_->stalled_count(), SessionOrder::kMaxStalledSessions);
  order_->NoteRefusal(kOther, common::Busy(""), SessionOrder::kStallLife + 1);
  EXPECT_EQ(order_->stalled_count(), SessionOrder::kMaxStalledSessions) << "that of kSession was over";
  EXPECT_FALSE(order_->CheckGoesOn(model::SessionId(1001), false, SessionOrder::kStallLife + 1).ok());
  order_->NoteRefusal(model::SessionId(7), common::Busy(""), SessionOrder::kStallLife + 1);
  EXPECT_EQ(order_->stalled_count(), SessionOrder::kMaxStalledSessions) << "none was over, one went";
  EXPECT_FALSE(order_->CheckGoesOn(kOther, false, SessionOrder::kStallLife + 1).ok()) << "not the newest";
  EXPECT_FALSE(order_->CheckGoesOn(model::SessionId(7), false, SessionOrder::kStallLife + 1).ok());
}

}  // namespace
}  // namespace cellar::rangeserver
