#include <gtest/gtest.h>

#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "common/random/random.h"
#include "storage/metalog/metalog.h"

// Damage is told or harmless; crashes and failing calls lose nothing that was acknowledged.

namespace cellar::storage {
namespace {

constexpr char kDirectory[] = "root/0000000001.0000000001";

ClusterId TestCluster() {
  return *ClusterId::Parse("00112233445566778899aabbccddeeff");
}
const Incarnation kIncarnation(FencingNumber{.term = 1, .counter = 1});

/// States after each update, oldest first; the log is left in `files` as two files.
std::vector<Entities> WriteLog(FileSystem& files) {
  std::vector<Entities> states;
  auto log = MetaLog::Open(files, kDirectory, TestCluster(), kIncarnation);
  EXPECT_TRUE(log.ok());
  states.push_back((*log)->entities());
  for (uint64_t i = 0; i < 6; ++i) {
    if (i == 2) EXPECT_TRUE((*log)->Roll().ok());
    EXPECT_TRUE((*log)->Update(MetaLogRecord::Update({.type = 1, .id = i % 3}, std::to_string(i))).ok());
    states.push_back((*log)->entities());
  }
  return states;
}

/// Right: the last state; the one before when a torn tail is reported; or an error.
bool IsRight(const FileSystem& files, const std::vector<Entities>& states, size_t may_miss) {
  const auto state = ReadMetaLog(files, kDirectory, TestCluster());
  if (!state.ok() || state->entities == states.back()) return true;
  if (state->remarks.empty()) return false;
  for (size_t i = 1; i <= may_miss && i < states.size(); ++i) {
    if (state->entities == states[states.size() - 1 - i]) return true;
  }
  return false;
}

TEST(MetaLogDamageTest, EverySingleBitFlip_IsDetectedOrHarmless) {
  MemoryFileSystem files;
  const std::vector<Entities> states = WriteLog(files);
  for (const char* name : {"0000000001", "0000000002"}) {
    const std::string path = std::string(kDirectory) + "/" + name;
    const std::string bytes = *common::ReadWholeFile(files, path, 1 << 20);
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      const char flipped = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_TRUE(files.Damage(path, bit / 8, {&flipped, 1}).ok());
      ASSERT_TRUE(IsRight(files, states, 1)) << name << " bit " << bit;
      ASSERT_TRUE(files.Damage(path, bit / 8, {&bytes[bit / 8], 1}).ok());
    }
  }
}

TEST(MetaLogDamageTest, EveryTruncation_GivesAnEarlierStateOrAnError) {
  MemoryFileSystem files;
  const std::vector<Entities> states = WriteLog(files);
  const std::string path = std::string(kDirectory) + "/0000000002";
  const uint64_t length = common::ReadWholeFile(files, path, 1 << 20)->size();
  for (uint64_t cut = 0; cut < length; ++cut) {
    const auto copy = files.Snapshot();
    ASSERT_TRUE(copy->Truncate(path, cut).ok());
    const auto state = ReadMetaLog(*copy, kDirectory, TestCluster());
    if (!state.ok()) continue;
    EXPECT_NE(std::find(states.begin(), states.end(), state->entities), states.end()) << "cut at " << cut;
  }
}

TEST(MetaLogDamageTest, RandomFaults_NeverInventAState) {
  MemoryFileSystem files;
  const std::vector<Entities> states = WriteLog(files);
  SeededRandom random(7);
  for (int round = 0; round < 3000; ++round) {
    const auto copy = files.Snapshot();
    for (uint64_t i = 1 + random.Uniform(4); i > 0; --i) {
      const std::string path = std::string(kDirectory) + (random.OneIn(3) ? "/0000000001" : "/0000000002");
      const std::string bytes = *common::ReadWholeFile(*copy, path, 1 << 20);
      const size_t begin = random.Uniform(bytes.size());
      std::string damage(std::min<size_t>(bytes.size() - begin, 1 + random.Uniform(30)), '\0');
      for (char& c : damage) c = static_cast<char>(random.Next());
      ASSERT_TRUE(copy->Damage(path, begin, damage).ok());
    }
    const auto state = ReadMetaLog(*copy, kDirectory, TestCluster());
    if (!state.ok()) continue;
    ASSERT_NE(std::find(states.begin(), states.end(), state->entities), states.end()) << "round " << round;
  }
}

TEST(MetaLogDamageTest, CrashesAndFailures_LoseNothingAcknowledged) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MemoryFileSystem files;
    FaultyFileSystem faulty(files, seed);
    SeededRandom random(seed);
    faulty.AddRule({.operation = FileOperation::kSync, .one_in = 8, .hook = [&files](std::string_view path) {
                      EXPECT_TRUE(files.LoseUnsynced(path).ok());
                    }});
    faulty.AddRule({.operation = FileOperation::kAppend, .fault = FileFault::kShortAppend, .one_in = 10});
    faulty.AddRule({.operation = FileOperation::kCreate, .fault = FileFault::kDoThenFail, .one_in = 12});
    std::vector<Entities> possible = {{}};  // From the last acknowledged state on.
    for (int life = 0; life < 4; ++life) {
      auto log = MetaLog::Open(faulty, kDirectory, TestCluster(), kIncarnation, {.max_file_bytes = 600});
      if (log.ok()) {
        ASSERT_NE(std::find(possible.begin(), possible.end(), (*log)->entities()), possible.end());
        possible = {(*log)->entities()};
        for (uint64_t i = random.Uniform(20); i > 0; --i) {
          const EntityKey key{.type = 1, .id = random.Uniform(4)};
          const Status status = (*log)->Update(random.OneIn(4) ? MetaLogRecord::Remove(key)
                                                               : MetaLogRecord::Update(key, std::to_string(i)));
          if (status.ok()) possible.clear();
          possible.push_back((*log)->entities());
        }
      }
      files.PowerCut(random);
    }
    const auto state = ReadMetaLog(files, kDirectory, TestCluster());
    ASSERT_TRUE(state.ok()) << state.status().ToString();
    ASSERT_NE(std::find(possible.begin(), possible.end(), state->entities), possible.end());
  }
}

}  // namespace
}  // namespace cellar::storage
