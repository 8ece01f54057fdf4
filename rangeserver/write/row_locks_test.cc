#include "rangeserver/write/row_locks.h"

#include <gtest/gtest.h>

namespace cellar::rangeserver {
namespace {

constexpr model::TableId kTable{1, 1};
constexpr model::TableId kOther{1, 2};

class RowLocksTest : public testing::Test {
 protected:
  std::shared_ptr<RowLocks> locks_ = std::make_shared<RowLocks>();
};

TEST_F(RowLocksTest, ARowOfATable_IsHeldOnce) {
  const RowLocks::Hold held = locks_->TryHold(kTable, "r");
  EXPECT_TRUE(held);
  EXPECT_FALSE(locks_->TryHold(kTable, "r"));
  EXPECT_TRUE(locks_->TryHold(kTable, "s"));
  EXPECT_TRUE(locks_->TryHold(kOther, "r"));
  EXPECT_TRUE(locks_->IsHeld(kTable, "r"));
  EXPECT_FALSE(locks_->IsHeld(kTable, "s")) << "let go at once";
}

TEST_F(RowLocksTest, LettingGo_HappensOnce_AndIsTold) {
  locks_->changed().Reset();
  RowLocks::Hold held = locks_->TryHold(kTable, "r");
  held.Release();
  EXPECT_FALSE(held);
  EXPECT_FALSE(locks_->HasAny(kTable));
  const RowLocks::Hold next = locks_->TryHold(kTable, "r");
  held.Release();
  EXPECT_TRUE(locks_->IsHeld(kTable, "r")) << "it is another's now";
}

TEST_F(RowLocksTest, AHoldThatMoves_TakesItsRowAlong) {
  RowLocks::Hold first = locks_->TryHold(kTable, "r");
  RowLocks::Hold second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_TRUE(second);
  second = locks_->TryHold(kTable, "s");
  EXPECT_FALSE(locks_->IsHeld(kTable, "r")) << "given up for the other one";
  EXPECT_TRUE(locks_->IsHeld(kTable, "s"));
  RowLocks::Hold& itself = second;
  second = std::move(itself);
  EXPECT_TRUE(locks_->IsHeld(kTable, "s"));
}

TEST_F(RowLocksTest, HasAny_IsOfTheTable) {
  EXPECT_FALSE(locks_->HasAny(kTable));
  const RowLocks::Hold held = locks_->TryHold(kTable, "r");
  EXPECT_TRUE(locks_->HasAny(kTable));
  EXPECT_FALSE(locks_->HasAny(kOther));
}

TEST_F(RowLocksTest, AHoldThatOutlivesTheLocks_LetsGoOfNothing) {
  RowLocks::Hold held = locks_->TryHold(kTable, "r");
  locks_.reset();
  held.Release();
  EXPECT_FALSE(held);
}

}  // namespace
}  // namespace cellar::rangeserver
