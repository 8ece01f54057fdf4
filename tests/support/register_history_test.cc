#include "tests/support/register_history.h"

#include <gtest/gtest.h>

#include "common/random/random.h"

namespace cellar::tests {
namespace {

using Kind = RegisterOperation::Kind;
using Outcome = RegisterOperation::Outcome;
using Value = std::optional<std::string>;

RegisterOperation Write(Value value, int64_t from, int64_t to, Outcome outcome = Outcome::kDone) {
  RegisterOperation operation;
  operation.kind = Kind::kWrite;
  operation.value = std::move(value);
  operation.invoked_at = from;
  operation.returned_at = to;
  operation.outcome = outcome;
  return operation;
}

RegisterOperation Read(Value value, int64_t from, int64_t to) {
  RegisterOperation operation = Write(std::move(value), from, to);
  operation.kind = Kind::kRead;
  return operation;
}

RegisterOperation Set(Value value, Value expected, int64_t from, int64_t to, Outcome outcome) {
  RegisterOperation operation = Write(std::move(value), from, to, outcome);
  operation.kind = Kind::kCompareAndSet;
  operation.expected = std::move(expected);
  return operation;
}

TEST(RegisterHistoryTest, SequentialHistory_Holds) {
  EXPECT_TRUE(
      CheckLinearizable({Read({}, 1, 2), Write("a", 3, 4), Read("a", 5, 6), Write({}, 7, 8), Read({}, 9, 10)}).ok());
}

TEST(RegisterHistoryTest, LostWrite_IsFound) {
  const Status status = CheckLinearizable({Write("a", 1, 2), Read({}, 3, 4)});
  EXPECT_NE(status.message().find("read nothing"), std::string::npos) << status.ToString();
}

TEST(RegisterHistoryTest, StaleRead_IsFound) {
  EXPECT_FALSE(CheckLinearizable({Write("a", 1, 2), Write("b", 3, 4), Read("a", 5, 6)}).ok());
}

TEST(RegisterHistoryTest, ReadThatGoesBack_IsFound) {
  EXPECT_FALSE(CheckLinearizable({Write("a", 1, 2), Write("b", 3, 20), Read("b", 5, 6), Read("a", 7, 8)}).ok());
}

TEST(RegisterHistoryTest, ConcurrentOperations_MayGoEitherWay) {
  EXPECT_TRUE(CheckLinearizable({Write("a", 1, 10), Write("b", 1, 10), Read("a", 11, 12)}).ok());
  EXPECT_TRUE(CheckLinearizable({Write("a", 1, 10), Write("b", 1, 10), Read("b", 11, 12)}).ok());
  EXPECT_TRUE(CheckLinearizable({Write("a", 1, 10), Read({}, 2, 3), Read("a", 4, 5)}).ok());
}

TEST(RegisterHistoryTest, UnknownWrite_MayTakeEffectLateOrNever) {
  const RegisterOperation unknown = Write("a", 1, 2, Outcome::kUnknown);
  EXPECT_TRUE(CheckLinearizable({unknown, Read({}, 3, 4)}).ok());
  EXPECT_TRUE(CheckLinearizable({unknown, Read({}, 3, 4), Read("a", 5, 6)}).ok());
  EXPECT_FALSE(CheckLinearizable({unknown, Read("a", 3, 4), Read({}, 5, 6)}).ok());
}

TEST(RegisterHistoryTest, CompareAndSet_FollowsItsCondition) {
  EXPECT_TRUE(CheckLinearizable({Set("a", {}, 1, 2, Outcome::kDone), Set("b", {}, 3, 4, Outcome::kRefused),
                                 Set("c", "a", 5, 6, Outcome::kDone), Read("c", 7, 8)})
                  .ok());
  EXPECT_FALSE(CheckLinearizable({Set("a", {}, 1, 2, Outcome::kDone), Set("b", {}, 3, 4, Outcome::kDone)}).ok());
  EXPECT_FALSE(CheckLinearizable({Write("a", 1, 2), Set("b", "a", 3, 4, Outcome::kRefused)}).ok());
}

/// Histories made by running operations one at a time hold, however their intervals are stretched; with one read
/// changed to a value that was overwritten before it began they do not.
TEST(RegisterHistoryTest, RandomHistories_HoldUntilOneReadIsFalsified) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SeededRandom random(seed);
    std::vector<RegisterOperation> history;
    Value state;
    for (int64_t step = 1; step <= 60; ++step) {
      const int64_t at = step * 10;
      const int64_t from = at - static_cast<int64_t>(random.Uniform(25));
      const int64_t to = at + static_cast<int64_t>(random.Uniform(25));
      if (random.OneIn(2)) {
        state = "v" + std::to_string(step);
        history.push_back(Write(state, from, to, random.OneIn(8) ? Outcome::kUnknown : Outcome::kDone));
      } else {
        history.push_back(Read(state, from, to));
      }
    }
    ASSERT_TRUE(CheckLinearizable(history).ok()) << "seed " << seed << CheckLinearizable(history).ToString();
    history.push_back(Write("before", 1000, 1001));
    history.push_back(Write("last", 2000, 2001));
    history.push_back(Read("before", 2002, 2003));
    ASSERT_FALSE(CheckLinearizable(history).ok()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace cellar::tests
