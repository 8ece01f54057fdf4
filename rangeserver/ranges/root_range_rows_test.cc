#include "rangeserver/ranges/root_range_rows.h"

#include <gtest/gtest.h>

#include "common/concurrency/block_on.h"
#include "common/concurrency/threaded_executor.h"
#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "common/time/system_clock.h"

namespace cellar::rangeserver {
namespace {

model::RangeRecord RootRecord(uint64_t epoch) {
  model::RangeRecord record;
  record.range = model::RootRange();
  record.location = model::Location("rs1");
  record.epoch = Epoch({1, epoch});
  return record;
}

class RootRangeRowsTest : public testing::Test {
 protected:
  Result<std::unique_ptr<RootRangeRows>> TakeOver(uint64_t incarnation) {
    return common::BlockOn(executor_,
                           RootRangeRows::TakeOver(executor_, faulty_, ClusterId(), Incarnation({1, incarnation})));
  }
  Status Write(RootRangeRows& rows, const model::RangeRecord& known, const model::RangeRecord& changed) {
    return common::BlockOn(executor_, rows.Write(known, changed, Deadline()));
  }

  common::SystemClock clock_;
  common::ThreadedExecutor executor_{clock_, {}};
  common::MemoryFileSystem files_;
  common::FaultyFileSystem faulty_{files_, 1};
};

TEST_F(RootRangeRowsTest, NewCluster_HasNoRecordUntilItIsCreated) {
  auto rows = TakeOver(1);
  ASSERT_TRUE(rows.ok()) << rows.status().ToString();
  EXPECT_FALSE(common::BlockOn(executor_, (*rows)->Read(model::RootRange(), Deadline()))->has_value());
  EXPECT_TRUE(common::BlockOn(executor_, (*rows)->Create(RootRecord(1))).ok());
  EXPECT_TRUE(common::BlockOn(executor_, (*rows)->Create(RootRecord(1))).Is(StatusCode::kAlreadyExists));
}

TEST_F(RootRangeRowsTest, TakenOver_TheNextOwnerSeesItAndTheOneBeforeIsFenced) {
  auto first = TakeOver(1);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(common::BlockOn(executor_, (*first)->Create(RootRecord(1))).ok());
  auto second = TakeOver(2);
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_EQ(**common::BlockOn(executor_, (*second)->Read(model::RootRange(), Deadline())), RootRecord(1));
  EXPECT_FALSE(Write(**first, RootRecord(1), RootRecord(7)).ok());
  EXPECT_TRUE(Write(**second, RootRecord(1), RootRecord(2)).ok());
  EXPECT_TRUE(TakeOver(1).status().Is(StatusCode::kFenced));
}

TEST_F(RootRangeRowsTest, OwnerStoppedBeforeItsLogIsOpen_IsFencedWhenItGoesOn) {
  common::ThreadedExecutor elsewhere(clock_, {});
  std::unique_ptr<RootRangeRows> later;
  FaultRule pause;
  pause.operation = FileOperation::kCreateDirectories;
  pause.path_pattern = "root/*";
  pause.fault = FileFault::kHookOnly;
  pause.hook = [&](std::string_view) {  // the later owner finds no log of the earlier one to seal
    auto taken =
        common::BlockOn(elsewhere, RootRangeRows::TakeOver(elsewhere, files_, ClusterId(), Incarnation({1, 2})));
    ASSERT_TRUE(taken.ok()) << taken.status().ToString();
    later = std::move(taken).value();
  };
  faulty_.AddRule(std::move(pause));
  EXPECT_TRUE(TakeOver(1).status().Is(StatusCode::kFenced));
  EXPECT_TRUE(common::BlockOn(elsewhere, later->Create(RootRecord(2))).ok());
}

TEST_F(RootRangeRowsTest, Write_RefusesWhatIsOutOfDate) {
  auto rows = TakeOver(1);
  ASSERT_TRUE(rows.ok());
  ASSERT_TRUE(common::BlockOn(executor_, (*rows)->Create(RootRecord(3))).ok());
  EXPECT_TRUE(Write(**rows, RootRecord(2), RootRecord(4)).Is(StatusCode::kConflict));
  EXPECT_TRUE(Write(**rows, RootRecord(3), RootRecord(4)).ok());
}

TEST_F(RootRangeRowsTest, FullDisk_LeavesTheOutcomeOpenUntilTheSameWriteSucceeds) {
  auto rows = TakeOver(1);
  ASSERT_TRUE(rows.ok());
  ASSERT_TRUE(common::BlockOn(executor_, (*rows)->Create(RootRecord(1))).ok());
  faulty_.AddRule({.operation = common::FileOperation::kSync, .code = StatusCode::kNoSpace});
  for (int attempt = 0; attempt < 2; ++attempt) {
    const Status failed = Write(**rows, RootRecord(1), RootRecord(2));
    EXPECT_TRUE(failed.Is(StatusCode::kTimedOut)) << failed.ToString();
    EXPECT_NE(failed.message().find("outcome unknown"), std::string::npos) << failed.ToString();
  }
  faulty_.ClearRules();
  EXPECT_TRUE(Write(**rows, RootRecord(1), RootRecord(2)).ok());
  auto next = TakeOver(2);
  ASSERT_TRUE(next.ok()) << next.status().ToString();
  EXPECT_EQ(**common::BlockOn(executor_, (*next)->Read(model::RootRange(), Deadline())), RootRecord(2));
}

}  // namespace
}  // namespace cellar::rangeserver
