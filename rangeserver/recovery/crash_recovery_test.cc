#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

#include "model/counter.h"
#include "tests/support/write_world.h"

// Writers, mutations, flushes and prunes in a simulated server that is killed and loses power again and again, with
// files that fail. What was acknowledged is there, once and whole; what was refused is not; what was seen stays.

namespace cellar::rangeserver {
namespace {

using tests::WriteWorld;

constexpr int kRowCount = 6;

/// One write as its client sees it. Every batch writes a cell of its own in "a" and "b" and adds one to the row's
/// counter.
struct Issued {
  std::string row;
  std::string token;
  WriteBatch batch;
  bool is_mutation = false;
  std::string expected_absent;  ///< The mutation's condition: this token is not in its row.
  bool acknowledged = false;
  bool refused = false;
  bool was_sent = false;
  std::set<int64_t> numbers;  ///< What the row's counter shows behind the mutation, as it was told.
  std::optional<Status> status;
};

class CrashRun {
 public:
  explicit CrashRun(uint64_t seed) : world_(seed), random_(seed * 7919) {}

  /// Empty, or what is wrong.
  std::string Run(std::optional<Defect> defect) {
    if (defect) world_.faults().Plant(*defect);
    for (int life = 0; life < 4; ++life) {
      const Status started = world_.Start();
      if (!started.ok()) return "start: " + started.ToString();
      if (const std::string wrong = Check(); !wrong.empty()) return "life " + std::to_string(life) + ": " + wrong;
      if (!RetryUnknown()) return "a retry was not answered";
      if (!RepeatSome()) return "a repetition was not answered";
      if (const std::string wrong = Check(); !wrong.empty()) return "after retries: " + wrong;
      Work();
      Watch();
      world_.Crash(random_.OneIn(2));
    }
    const Status started = world_.Start();
    if (!started.ok()) return "start: " + started.ToString();
    return Check();
  }

 private:
  void AddFaults() {
    FaultyFileSystem& files = *world_.life().files;
    if (random_.OneIn(2)) {
      files.AddRule({.operation = FileOperation::kSync,
                     .path_pattern = "*/log/*",
                     .one_in = 10,
                     .poisons_handle = false,
                     .hook = [this](std::string_view path) { static_cast<void>(world_.disk().LoseUnsynced(path)); }});
    }
    if (random_.OneIn(3))
      files.AddRule({.operation = FileOperation::kAppend,
                     .path_pattern = "*/log/*",
                     .fault = FileFault::kShortAppend,
                     .one_in = 12});
  }

  Issued& Issue() {
    Issued& issued = issued_.emplace_back();
    issued.row = "r" + std::to_string(random_.Uniform(kRowCount));
    issued.token = std::to_string(issued_.size());
    issued.is_mutation = random_.OneIn(3);
    const Issued& earlier = issued_[random_.Uniform(issued_.size())];
    issued.expected_absent = earlier.row == issued.row && &earlier != &issued ? earlier.token : "none";
    issued.batch =
        world_.Batch({world_.Cell(issued.row, "a", issued.token, "v"), world_.Cell(issued.row, "b", issued.token, "v"),
                      world_.Cell(issued.row, "n", "count", model::CounterUpdate{.amount = 1}.Encode())});
    return issued;
  }

  static Task<void> Send(WriteWorld* world, Issued* issued) {
    if (issued->is_mutation) {
      std::vector<CellCondition> conditions(1);
      conditions[0].family = world->schema()->FindFamily("a")->id;
      conditions[0].qualifier = issued->expected_absent;
      conditions[0].expectation = CellCondition::Expectation::kAbsent;
      MutationRequest request(std::move(conditions));
      request.wants_counters = true;
      request.is_retry = std::exchange(issued->was_sent, true);
      Result<MutationOutcome> outcome = co_await world->pipeline().MutateRow(issued->batch, std::move(request));
      if (outcome.ok()) {
        if (outcome->applied) issued->numbers.insert(outcome->counters.at(0).value);
        issued->acknowledged |= outcome->applied;
        issued->refused |= !outcome->applied;
      }
      issued->status = outcome.status();
    } else {
      Result<WriteOutcome> outcome = co_await world->pipeline().Write(issued->batch);
      if (outcome.ok()) {
        issued->acknowledged |= outcome->refused.empty();
        issued->refused |= !outcome->refused.empty();
      }
      issued->status = outcome.status();
    }
  }

  void Spawn(Issued& issued) {
    issued.status.reset();
    world_.life().node->Post([this, &issued] { world_.life().clients->Spawn(Send(&world_, &issued)); });
  }

  /// A client that had no answer asks again, under the same number, while the batch lives.
  bool RetryUnknown() {
    std::vector<Issued*> asked;
    for (Issued& issued : issued_) {
      if (!issued.acknowledged && !issued.refused) asked.push_back(&issued);
    }
    return Ask(asked);
  }

  /// Copies of requests that were answered long ago.
  bool RepeatSome() {
    std::vector<Issued*> asked;
    for (Issued& issued : issued_) {
      if (issued.is_mutation && issued.acknowledged && random_.OneIn(5)) asked.push_back(&issued);
    }
    return Ask(asked);
  }

  bool Ask(const std::vector<Issued*>& asked) {
    for (Issued* issued : asked) Spawn(*issued);
    const auto outcome = world_.scheduler().RunUntil(
        [&] {
          return std::all_of(asked.begin(), asked.end(),
                             [](const Issued* issued) { return issued->status.has_value(); });
        },
        world_.scheduler().now() + 20 * kSecond);
    return outcome == SimScheduler::Outcome::kReached;
  }

  void Work() {
    AddFaults();
    for (uint64_t step = 5 + random_.Uniform(25); step > 0; --step) {
      for (uint64_t i = 1 + random_.Uniform(4); i > 0; --i) Spawn(Issue());
      // Up to some point in the middle of things, or until all is quiet.
      uint64_t turns = random_.Uniform(60);
      if (random_.OneIn(3)) turns = 100'000;
      world_.scheduler().RunUntil([&turns] { return turns-- == 0; }, world_.scheduler().now() + kSecond);
      if (world_.life().dead) return;
      if (random_.OneIn(6)) static_cast<void>(world_.Flush());
      if (random_.OneIn(6)) {
        world_.life().node->Post([this] { world_.life().clients->Spawn(PruneOnce(&world_)); });
      }
      if (random_.OneIn(3)) Watch();
    }
  }

  static Task<void> PruneOnce(WriteWorld* world) { static_cast<void>(co_await world->pipeline().Prune(true)); }

  /// A reader: what it sees must be there for ever.
  void Watch() {
    for (const model::Cell& cell : world_.ReadAll()) {
      if (cell.qualifier != "count") seen_.insert(cell.qualifier);
    }
  }

  std::string Check() {
    std::map<std::string, int> families_of_token;
    std::map<std::string, int64_t> counters;
    std::map<std::string, int64_t> present;
    for (const model::Cell& cell : world_.ReadAll()) {
      if (cell.qualifier == "count") {
        const auto update = model::CounterUpdate::Decode(cell.value);
        if (!update.ok()) return "counter: " + update.status().ToString();
        counters[cell.row] += update->amount;
      } else {
        ++families_of_token[cell.qualifier];
      }
    }
    for (const Issued& issued : issued_) {
      const int families = families_of_token[issued.token];
      if (families == 1) return "batch " + issued.token + " is there in one family only";
      if (families > 2) return "batch " + issued.token + " is there more than once";
      if (issued.acknowledged && families == 0) return "acknowledged batch " + issued.token + " is lost";
      if (issued.refused && !issued.acknowledged && families != 0) return "refused batch " + issued.token + " is there";
      if (seen_.contains(issued.token) && families == 0) return "batch " + issued.token + " was seen and is gone";
      present[issued.row] += families > 0 ? 1 : 0;
    }
    if (std::string wrong = CheckNumbers(present); !wrong.empty()) return wrong;
    for (const auto& [row, count] : present) {
      if (counters[row] != count)
        return "row " + row + " counts " + std::to_string(counters[row]) + " for " + std::to_string(count) + " batches";
    }
    return "";
  }

  /// Each mutation was told one number, which no other of its row was, and which the row has come to.
  std::string CheckNumbers(std::map<std::string, int64_t>& present) {
    std::set<std::pair<std::string, int64_t>> told;
    for (const Issued& issued : issued_) {
      if (issued.numbers.size() > 1) return "batch " + issued.token + " was told two numbers";
      for (const int64_t number : issued.numbers) {
        if (number < 1 || number > present[issued.row]) return "batch " + issued.token + " was told a wrong number";
        if (!told.emplace(issued.row, number).second) return "the number of batch " + issued.token + " was told twice";
      }
    }
    return "";
  }

  WriteWorld world_;
  SeededRandom random_;
  std::deque<Issued> issued_;
  std::set<std::string> seen_;
};

TEST(LogReplayTest, LogsComeInTheOrderOfTheirOwners_NotOfIncarnations) {
  WriteWorld world(3);
  uint64_t row = 0;
  for (const uint64_t incarnation : {8, 2, 9}) {
    world.SetNextIncarnation(incarnation);
    ASSERT_TRUE(world.Start().ok());
    ASSERT_EQ(world.ReadAll().size(), row);
    const std::vector<model::Cell> cells(1, world.Cell("row" + std::to_string(++row), "a", "q", "v"));
    ASSERT_TRUE(world.Write(world.Batch(cells)).ok());
    // A fragment behind it proves what was written: it need not be flushed before it is seen.
    ASSERT_TRUE(world.scheduler().Run(*world.life().node, world.pipeline().Prune(true)).ok());
    world.Crash(false);
  }
  world.SetNextIncarnation(10);
  ASSERT_TRUE(world.Start().ok());
  EXPECT_EQ(world.ReadAll().size(), 3u);
}

TEST(CrashRecoveryTest, NothingAcknowledgedIsLost_NothingComesTwice) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    ASSERT_EQ(CrashRun(seed).Run(std::nullopt), "") << "seed " << seed;
  }
}

class PlantedDefectTest : public testing::TestWithParam<Defect> {};

TEST_P(PlantedDefectTest, IsFoundWithin200Seeds) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const std::string wrong = CrashRun(seed).Run(GetParam());
    if (wrong.empty()) continue;
    std::cout << common::DefectName(GetParam()) << ": seed " << seed << ": " << wrong << '\n';
    return;
  }
  FAIL() << common::DefectName(GetParam()) << " was not noticed";
}

INSTANTIATE_TEST_SUITE_P(All, PlantedDefectTest,
                         testing::Values(Defect::kAckBeforeSync, Defect::kRetryFailedSync,
                                         Defect::kVisibleBeforeDurable, Defect::kRefusedRowLogged,
                                         Defect::kBatchHalfReplayed, Defect::kReplayTwiceAppliesTwice,
                                         Defect::kDedupWindowLost, Defect::kLogPrunedBeforeManifest,
                                         Defect::kRowNotHeld),
                         [](const testing::TestParamInfo<Defect>& info) {
                           std::string name(common::DefectName(info.param));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace cellar::rangeserver
