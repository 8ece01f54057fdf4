#include <gtest/gtest.h>

#include "common/time/manual_clock.h"
#include "hql/executor/memory_database.h"
#include "tests/hql/golden_session.h"
#include "tests/support/golden_cases.h"

namespace cellar::tests {
namespace {

TEST(GoldenMemoryTest, EveryFile_AnswersAsWritten) {
  ASSERT_GT(GoldenFiles().size(), 8u);
  for (const std::string& file : GoldenFiles()) {
    common::ManualClock clock(1'700'000'000 * kSecond);
    hql::MemoryDatabase database(clock);
    database.health.level = client::ClusterHealth::Level::kOk;
    GoldenSession session(database, [&clock] { clock.Advance(kMicrosecond); });
    ASSERT_TRUE(session.Enter(NamespaceOf(file)).ok());
    EXPECT_TRUE(MatchesGoldenCases(file, [&session](const std::string& input) { return session.Answer(input); }));
  }
}

}  // namespace
}  // namespace cellar::tests
