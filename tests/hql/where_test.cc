#include <gtest/gtest.h>

#include "common/time/manual_clock.h"
#include "hql/executor/memory_database.h"
#include "tests/hql/where_world.h"

namespace cellar::tests {
namespace {

TEST(WhereTest, EveryAnswer_IsThatOfLookingAtEveryCell) {
  constexpr int kTables = 60;
  constexpr int kQuestions = 100;
  int with_answer = 0;
  for (uint64_t seed = 1; seed <= kTables; ++seed) {
    common::ManualClock clock(1'700'000'000 * kSecond);
    hql::MemoryDatabase database(clock);
    GoldenSession session(database, [&clock] { clock.Advance(kMicrosecond); });
    common::SeededRandom random(seed);
    WhereWorld world(random);
    for (const std::string& statement : world.MakeTable()) ASSERT_EQ(session.Answer(statement), "ok") << statement;
    for (int i = 0; i < kQuestions; ++i) {
      const WhereQuestion question = world.Ask();
      ASSERT_EQ(session.Answer(question.statement), question.answer) << "seed " << seed << ": " << question.statement;
      with_answer += question.answer != "ok" ? 1 : 0;
    }
  }
  EXPECT_GT(with_answer, kTables * kQuestions / 4) << "questions that hardly anything answers test little";
}

}  // namespace
}  // namespace cellar::tests
