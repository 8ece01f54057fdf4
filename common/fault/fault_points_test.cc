#include "common/fault/fault_points.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/concurrency/sim_scheduler.h"
#include "common/fault/co_fault_point.h"

namespace cellar::common {
namespace {

Status FirstStep(FaultPoints& faults) {
  RETURN_IF_ERROR(FAULT_POINT(faults, "test.first"));
  return OkStatus();
}

template <typename T>
Status InTemplate(FaultPoints& faults) {
  return FAULT_POINT(faults, "test.template");
}

inline bool Rarely(FaultPoints& faults) {
  return FAULT_BUGGIFY(faults, "test.rare");
}

TEST(FaultPointsTest, AllPoints_AreListedWithoutBeingPassed) {
  FaultPoints faults;
  EXPECT_TRUE(InTemplate<int>(faults).ok());
  EXPECT_TRUE(InTemplate<char>(faults).ok());
  EXPECT_EQ(AllFaultPointNames(),
            (std::vector<std::string>{"test.first", "test.outcome", "test.rare", "test.template"}));
}

TEST(FaultPointsTest, NothingArmed_NothingHappens) {
  FaultPoints faults;
  EXPECT_FALSE(faults.active());
  EXPECT_TRUE(FirstStep(faults).ok());
  EXPECT_FALSE(Rarely(faults));
  EXPECT_TRUE(faults.passes().empty());
}

TEST(FaultPointsTest, Error_StrikesAtTheNamedPassOnly) {
  FaultPoints faults;
  ASSERT_TRUE(faults.Induce("test.first:error(no-space):2").ok());
  EXPECT_TRUE(FirstStep(faults).ok());
  EXPECT_TRUE(FirstStep(faults).ok());
  EXPECT_EQ(FirstStep(faults), NoSpace("induced at fault point test.first"));
  EXPECT_TRUE(FirstStep(faults).ok());
  EXPECT_EQ(faults.passes().at("test.first"), 4u);
  faults.Disarm("test.first");
  EXPECT_FALSE(faults.active());
}

TEST(FaultPointsTest, Windows_CoverTheirPasses) {
  FaultPoints faults;
  ASSERT_TRUE(faults.Induce("test.first:error(busy):1-2;test.template:error(fenced):1+").ok());
  std::string seen;
  for (int i = 0; i < 5; ++i) {
    seen.push_back(FirstStep(faults).ok() ? '.' : 'b');
    seen.push_back(InTemplate<int>(faults).ok() ? '.' : 'f');
  }
  EXPECT_EQ(seen, "..bfbf.f.f");
  faults.DisarmAll();
  EXPECT_TRUE(InTemplate<int>(faults).ok());
}

TEST(FaultPointsTest, TwoObjects_AreIndependent) {
  FaultPoints one;
  FaultPoints other;
  ASSERT_TRUE(one.Induce("test.first:error(busy):*").ok());
  EXPECT_FALSE(FirstStep(one).ok());
  EXPECT_TRUE(FirstStep(other).ok());
}

TEST(FaultPointsTest, CrashHook_ThatReturnsGivesCancelled) {
  std::vector<std::string> crashed;
  FaultPoints::Hooks hooks;
  hooks.crash = [&crashed](std::string_view name) { crashed.emplace_back(name); };
  FaultPoints faults(std::move(hooks), 1);
  ASSERT_TRUE(faults.Induce("test.first:crash:0").ok());
  EXPECT_TRUE(FirstStep(faults).Is(StatusCode::kCancelled));
  EXPECT_EQ(crashed, std::vector<std::string>{"test.first"});
}

TEST(FaultPointsDeathTest, CrashWithoutHook_ExitsWith85) {
  FaultPoints faults;
  ASSERT_TRUE(faults.Induce("test.first:exit:0").ok());
  EXPECT_EXIT((void)FirstStep(faults), testing::ExitedWithCode(kFaultExitStatus), "");
}

TEST(FaultPointsTest, DelayAndPause_WaitByTheHook) {
  std::vector<Nanos> slept;
  FaultPoints* armed = nullptr;
  FaultPoints::Hooks hooks;
  hooks.sleep = [&slept, &armed](Nanos duration) {
    slept.push_back(duration);
    if (slept.size() == 4) armed->Disarm("test.template");
  };
  FaultPoints faults(std::move(hooks), 1);
  armed = &faults;
  ASSERT_TRUE(faults.Induce("test.first:delay(20):0;test.template:pause:0").ok());
  EXPECT_TRUE(FirstStep(faults).ok());
  EXPECT_EQ(slept, std::vector<Nanos>{20 * kMillisecond});
  EXPECT_TRUE(InTemplate<int>(faults).ok());
  EXPECT_EQ(slept.size(), 4u);
}

TEST(FaultPointsDeathTest, WaitWithoutHook_StopsTheProcess) {
  FaultPoints faults;
  ASSERT_TRUE(faults.Induce("test.first:delay(20):0").ok());
  EXPECT_DEATH((void)FirstStep(faults), "CHECK");
}

Task<Result<int>> CoroutineStep(Executor& executor, FaultPoints& faults) {
  CO_FAULT_POINT(executor, faults, "test.outcome");
  co_return 5;
}

TEST(FaultPointsTest, Coroutine_WaitsOnTheLoop) {
  SimScheduler world(1);
  SimExecutor node(world, "node");
  FaultPoints faults;
  ASSERT_TRUE(faults.Induce("test.outcome:delay(3):0;test.outcome:error(timed-out):1;test.outcome:pause:2").ok());
  const Nanos start = world.now();
  EXPECT_EQ(world.Run(node, CoroutineStep(node, faults)).value(), 5);
  EXPECT_EQ(world.now() - start, 3 * kMillisecond);
  EXPECT_TRUE(world.Run(node, CoroutineStep(node, faults)).status().Is(StatusCode::kTimedOut));
  world.After(kSecond, [&faults] { faults.DisarmAll(); });
  EXPECT_EQ(world.Run(node, CoroutineStep(node, faults)).value(), 5);
  EXPECT_GE(world.now() - start, kSecond);
}

TEST(FaultPointsTest, Buggify_FollowsTheSeed) {
  const auto draw = [](uint64_t seed) {
    FaultPoints faults(FaultPoints::Hooks(), seed);
    EXPECT_TRUE(faults.Induce("test.rare:buggify(4):*").ok());
    std::string drawn;
    for (int i = 0; i < 400; ++i) drawn.push_back(Rarely(faults) ? '1' : '0');
    return drawn;
  };
  const std::string drawn = draw(7);
  EXPECT_EQ(drawn, draw(7));
  EXPECT_NE(drawn, draw(8));
  const auto count = std::count(drawn.begin(), drawn.end(), '1');
  EXPECT_GT(count, 50);
  EXPECT_LT(count, 200);
}

TEST(FaultPointsTest, Counting_CountsWithoutPlans) {
  FaultPoints faults;
  faults.StartCounting();
  EXPECT_TRUE(FirstStep(faults).ok());
  EXPECT_FALSE(Rarely(faults));
  EXPECT_EQ(faults.passes(), (std::map<std::string, uint64_t>{{"test.first", 1}, {"test.rare", 1}}));
}

TEST(FaultPointsTest, BadPlan_IsNamedAndArmsNothing) {
  FaultPoints faults;
  const auto error = [&faults](std::string_view text) { return faults.Induce(text).ToString(); };
  EXPECT_EQ(error("test.first:crash:0;no.such:crash:0"), "invalid argument: this program has no fault point 'no.such'");
  EXPECT_FALSE(faults.active());
  EXPECT_EQ(error("test.first"), "invalid argument: 'test.first': expected label:action:passes");
  EXPECT_EQ(error(":crash:1"), "invalid argument: ':crash:1': expected label:action:passes");
  const std::string bad_action =
      "': expected crash, error(CODE), delay(MS), pause or buggify(N) as action of test.first";
  for (std::string action :
       {"burn", "error", "error(ok)", "error(x)", "delay", "delay(x)", "delay(5", "buggify(0)", "crash(1)", ""}) {
    EXPECT_EQ(error("test.first:" + action + ":0"), "invalid argument: '" + action + bad_action);
  }
  for (std::string passes : {"", "x", "3-1", "-", "+", "-1", "99999999999999"}) {
    EXPECT_EQ(error("test.first:crash:" + passes),
              "invalid argument: '" + passes + "': expected N, N+, N-M or * as passes of test.first");
  }
  EXPECT_TRUE(faults.Induce("").ok());
}

TEST(DefectTest, Planted_IsWhatWasPlanted) {
  FaultPoints faults;
  for (Defect defect : AllDefects()) EXPECT_FALSE(faults.Planted(defect));
  faults.Plant(Defect::kSkipChecksum);
  for (Defect defect : AllDefects()) EXPECT_EQ(faults.Planted(defect), defect == Defect::kSkipChecksum);
  EXPECT_FALSE(faults.active());
}

TEST(DefectTest, Names_ReadBack) {
  EXPECT_EQ(AllDefects().size(), 23u);
  for (Defect defect : AllDefects()) {
    Result<Defect> parsed = ParseDefect(DefectName(defect));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, defect);
  }
  EXPECT_EQ(ParseDefect("x").status().ToString().substr(0, 58),
            "invalid argument: no defect 'x'; there are: ack-before-syn");
}

}  // namespace
}  // namespace cellar::common
