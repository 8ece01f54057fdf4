#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "storage/commitlog/log_test_support.h"

// Random groups, random faults, random crashes: replay returns exactly what was acknowledged, and perhaps what was not,
// each section once, never altered, in order.

namespace cellar::storage {
namespace {

constexpr uint32_t kTables = 3;

/// A caller as the write pipeline is one: appends groups, syncs now and then, rolls and appends again after failures,
/// prunes what it declares flushed. Remembers what it acknowledged.
class RandomLogger {
 public:
  RandomLogger(FileSystem& files, uint64_t seed) : files_(files), random_(seed) {}

  /// Ends when the log cannot be opened or rolled, or after `step_count` steps.
  void Run(int step_count) {
    LogWriterOptions options;
    options.max_fragment_bytes = 400 + random_.Uniform(3000);
    options.compress = random_.OneIn(2);
    auto writer = LogWriter::Open(files_, kTestLogDirectory, TestIdentity(), options);
    if (!writer.ok()) return;
    writer_ = std::move(*writer);
    for (int step = 0; step < step_count; ++step) {
      if (!Step()) return;
    }
  }

  std::set<std::string> acknowledged;
  std::set<std::string> logged;        ///< All that may come back.
  model::Revision flushed{INT64_MIN};  ///< Pruned at most up to here.

 private:
  struct Pending {
    TestGroup group;
    uint64_t sequence = 0;
  };

  bool Step() {
    if (writer_->dead() || writer_->full() || random_.OneIn(15)) return RollAndReappend();
    if (random_.OneIn(10)) return Prune();
    pending_.push_back({.group = RandomGroup()});
    for (const Section& section : pending_.back().group.sections()) logged.insert(Line(section));
    if (!AppendPending(&pending_.back())) return true;  // Dead: the next step rolls.
    if (random_.OneIn(3)) return true;                  // Several appends to one sync.
    if (writer_->Sync().ok()) Acknowledge();
    return true;
  }

  bool RollAndReappend() {
    for (int attempt = 0; attempt < 5; ++attempt) {
      if (!writer_->Roll().ok()) continue;
      Acknowledge();  // A roll in order syncs first.
      bool all = true;
      for (Pending& pending : pending_) all = all && AppendPending(&pending);
      if (!all || !writer_->Sync().ok()) continue;
      Acknowledge();
      return true;
    }
    return false;
  }

  bool AppendPending(Pending* pending) {
    if (!writer_->Append(pending->group.sections()).ok()) return false;
    pending->sequence = writer_->appended_sequence();
    return true;
  }

  void Acknowledge() {
    while (!pending_.empty() && pending_.front().sequence != 0 &&
           pending_.front().sequence <= writer_->durable_sequence()) {
      for (const Section& section : pending_.front().group.sections()) acknowledged.insert(Line(section));
      flushable_ = pending_.front().group.sections().back().last_revision();
      pending_.pop_front();
    }
    for (Pending& pending : pending_) pending.sequence = 0;  // Numbers of a dead file mean nothing.
    if (!writer_->dead() && writer_->durable_sequence() < writer_->appended_sequence()) Renumber();
  }

  void Renumber() {
    uint64_t sequence = writer_->appended_sequence() - pending_.size();
    for (Pending& pending : pending_) pending.sequence = ++sequence;
  }

  bool Prune() {
    if (random_.OneIn(2)) flushed = std::max(flushed, flushable_);
    const auto pruned = writer_->Prune([this](const LoggedRange&, model::Revision max) { return max <= flushed; });
    if (pruned.ok()) Acknowledge();
    return true;
  }

  TestGroup RandomGroup() {
    TestGroup group;
    const uint64_t count = 1 + random_.Uniform(4);
    for (uint64_t i = 0; i < count; ++i) {
      const auto table = static_cast<uint32_t>(1 + random_.Uniform(kTables));
      const LoggedRange range =
          random_.OneIn(2) ? TestRange(table, std::nullopt, "m") : TestRange(table, "m", std::nullopt);
      const auto span = static_cast<uint32_t>(1 + random_.Uniform(5));
      const uint64_t size = random_.OneIn(6) ? 6000 : 60;
      group.Add(range, next_revision_,
                TestCells("r" + std::to_string(next_revision_), std::string(1 + random_.Uniform(size), 'v')), span);
      next_revision_ += span;
    }
    return group;
  }

  FileSystem& files_;
  SeededRandom random_;
  std::unique_ptr<LogWriter> writer_;
  std::deque<Pending> pending_;
  int64_t next_revision_ = 1;
  model::Revision flushable_{INT64_MIN};
};

void ExpectExactReplay(const FileSystem& files, const RandomLogger& logger, uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const auto reader = LogReader::Open(files, kTestLogDirectory, TestIdentity());
  ASSERT_TRUE(reader.ok()) << reader.status().ToString();
  ASSERT_TRUE((*reader)->damage().empty()) << (*reader)->damage()[0].ToStatus().ToString();
  std::vector<ReplaySelection> selections;
  for (uint32_t table = 1; table <= kTables; ++table) selections.push_back(SelectTable(table));
  for (ReplaySelection& selection : selections) selection.flushed = logger.flushed;
  std::set<std::string> seen;
  std::map<std::string, int64_t> last;
  const auto statuses = (*reader)->Replay(selections, [&](size_t, const ReplayedSection& replayed) {
    const std::string line = Line(replayed.section);
    EXPECT_TRUE(seen.insert(line).second) << "twice: " << line;
    EXPECT_TRUE(logger.logged.contains(line)) << "altered: " << line;
    int64_t& base = last[replayed.section.range->ToString()];
    EXPECT_LT(base, replayed.section.base.get()) << "out of order";
    base = replayed.section.base.get();
    return common::OkStatus();
  });
  for (const Status& status : statuses) EXPECT_TRUE(status.ok()) << status.ToString();
  ReplaySelection all = SelectTable(1);
  for (const std::string& line : logger.acknowledged) {
    const size_t at = line.find(" base ");
    const int64_t base = std::stoll(line.substr(at + 6));
    const int64_t count = std::stoll(line.substr(line.find('+', at) + 1));
    if (base + count - 1 <= logger.flushed.get()) continue;
    EXPECT_TRUE(seen.contains(line)) << "lost: " << line;
  }
}

class LogPropertyTest : public testing::TestWithParam<int> {};

TEST(LogPropertyTest, PowerCut_KeepsWhatWasAcknowledged) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    MemoryFileSystem files;
    RandomLogger logger(files, seed);
    logger.Run(30);
    SeededRandom random(seed * 31);
    files.PowerCut(random);
    ExpectExactReplay(files, logger, seed);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(LogPropertyTest, FailedCallsAndPowerCut_KeepWhatWasAcknowledged) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    MemoryFileSystem files;
    FaultyFileSystem faulty(files, seed);
    SeededRandom random(seed * 17);
    faulty.AddRule({.operation = FileOperation::kSync, .one_in = 8, .hook = [&files](std::string_view path) {
                      EXPECT_TRUE(files.LoseUnsynced(path).ok());
                    }});
    faulty.AddRule({.operation = FileOperation::kSync, .fault = FileFault::kDoThenFail, .one_in = 12});
    faulty.AddRule({.operation = FileOperation::kAppend, .fault = FileFault::kShortAppend, .one_in = 10});
    faulty.AddRule({.operation = FileOperation::kCreate, .fault = FileFault::kDoThenFail, .one_in = 10});
    faulty.AddRule({.operation = FileOperation::kRemove, .one_in = 3});
    RandomLogger logger(faulty, seed);
    logger.Run(40);
    if (random.OneIn(2)) files.PowerCut(random);
    ExpectExactReplay(files, logger, seed);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(LogPropertyTest, SyncThatFailsAtEachK_ThenPowerCut) {
  for (uint64_t k = 0; k < 40; ++k) {
    MemoryFileSystem files;
    FaultyFileSystem faulty(files, 1);
    faulty.AddRule(
        {.operation = FileOperation::kSync, .skip_count = k, .fire_count = 1, .hook = [&files](std::string_view path) {
           EXPECT_TRUE(files.LoseUnsynced(path).ok());
         }});
    RandomLogger logger(faulty, 5);
    logger.Run(40);
    SeededRandom random(k);
    files.PowerCut(random);
    ExpectExactReplay(files, logger, k);
  }
}

}  // namespace
}  // namespace cellar::storage
