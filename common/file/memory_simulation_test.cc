#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/sim_scheduler.h"
#include "common/file/memory_file_system.h"

// Writer, sealer and killer as nodes of one simulated world: the seed chooses who goes on at every step of every call.

namespace cellar::common {
namespace {

const Incarnation kOldLife(FencingNumber{.term = 1, .counter = 1});
const Incarnation kNewLife(FencingNumber{.term = 1, .counter = 2});

struct WriterReport {
  uint64_t acknowledged = 0;
  StatusCode end = StatusCode::kOk;
};

void WriteUntilFenced(FileSystem& files, WriterReport* report) {
  auto file = files.Create("d/log", kOldLife);
  if (!file.ok()) {
    report->end = file.status().code();
    return;
  }
  for (int i = 0; i < 20; ++i) {
    const auto appended = (*file)->Append("0123456789");
    const Status synced = appended.ok() ? (*file)->Sync() : appended.status();
    report->end = synced.code();
    if (!synced.ok()) return;
    report->acknowledged += 10;
  }
}

/// What one seed led to; all of it must be equal when the seed is run again.
struct RunReport {
  WriterReport writer;
  uint64_t sealed_length = 0;
  uint64_t digest = 0;
  uint64_t trace_hash = 0;

  friend bool operator==(const RunReport& a, const RunReport& b) {
    return a.writer.acknowledged == b.writer.acknowledged && a.writer.end == b.writer.end &&
           a.sealed_length == b.sealed_length && a.digest == b.digest && a.trace_hash == b.trace_hash;
  }
};

uint64_t SealedLength(FileSystem& files) {
  const auto sealed = files.Seal("d", kNewLife);
  EXPECT_TRUE(sealed.ok()) << sealed.status().ToString();
  return sealed.ok() && !sealed->empty() ? sealed->front().length_bytes : 0;
}

RunReport RunSeed(uint64_t seed, bool kill_sealer, bool cut_power) {
  RunReport report;
  MemoryFileSystem medium;
  EXPECT_TRUE(medium.CreateDirectories("d").ok());
  const auto writer_view = medium.NewProcess();
  const auto sealer_view = medium.NewProcess();
  SimScheduler world(seed);
  SimExecutor writer(world, "writer");
  SimExecutor sealer(world, "sealer");
  SimExecutor killer(world, "killer");
  writer.PostJob(JobClass::kLog, [&] { WriteUntilFenced(*writer_view, &report.writer); });
  sealer.PostJob(JobClass::kSystem, [&] { (void)sealer_view->Seal("d", kNewLife); });
  if (kill_sealer) {
    killer.PostJob(JobClass::kSystem, [&] {
      for (int i = 0; i < 4; ++i) (void)medium.Exists("d");  // A few steps of the world.
      sealer_view->Kill();
    });
  }
  EXPECT_EQ(world.RunUntilIdle(), SimScheduler::Outcome::kIdle);
  SeededRandom random(seed);
  if (cut_power) medium.PowerCut(random);
  report.sealed_length = SealedLength(medium);
  report.digest = medium.Digest();
  report.trace_hash = world.trace().hash();
  return report;
}

class MemorySimulationTest : public ::testing::TestWithParam<std::pair<bool, bool>> {};

TEST_P(MemorySimulationTest, AcknowledgedBytesAreWithinTheSealedLength) {
  const auto [kill_sealer, cut_power] = GetParam();
  std::set<uint64_t> acknowledged;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    const RunReport report = RunSeed(seed, kill_sealer, cut_power);
    ASSERT_LE(report.writer.acknowledged, report.sealed_length) << "seed " << seed;
    acknowledged.insert(report.writer.acknowledged);
    ASSERT_EQ(report, RunSeed(seed, kill_sealer, cut_power)) << "seed " << seed;
  }
  EXPECT_GT(acknowledged.size(), 5u);
}

INSTANTIATE_TEST_SUITE_P(KillAndCut, MemorySimulationTest,
                         ::testing::Values(std::pair(false, false), std::pair(true, false), std::pair(false, true),
                                           std::pair(true, true)));

}  // namespace
}  // namespace cellar::common
