#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/file/memory_file_system.h"
#include "storage/commitlog/log_test_support.h"

// Every single-bit flip and every truncation of small logs is detected or harmless, and random larger damage too: what
// is replayed was written, unaltered; whatever is missing is told.

namespace cellar::storage {
namespace {

constexpr uint32_t kTables = 3;

struct WrittenLog {
  MemoryFileSystem files;
  std::vector<std::vector<std::string>> lines =
      std::vector<std::vector<std::string>>(kTables + 1);  ///< By table, in order.
  size_t last_group_sections = 0;                          ///< Written last: nothing proves them.
  std::vector<std::string> names;
};

void WriteGroup(LogWriter& writer, const TestGroup& group, WrittenLog* log) {
  ASSERT_TRUE(writer.Append(group.sections()).ok());
  ASSERT_TRUE(writer.Sync().ok());
  for (const Section& section : group.sections()) log->lines[section.range->table.number].push_back(Line(section));
  log->last_group_sections = group.sections().size();
}

/// Three fragments: one closed in order, one that failed (no index), and the tip.
std::unique_ptr<WrittenLog> WriteLog() {
  auto log = std::make_unique<WrittenLog>();
  auto writer = LogWriter::Open(log->files, kTestLogDirectory, TestIdentity(), {});
  EXPECT_TRUE(writer.ok());
  for (int64_t base = 100; base <= 600; base += 100) {
    TestGroup group;
    group.Add(TestRange(1, "a", "m"), base, TestCells("apple", "green"));
    if (base % 200 == 0) group.Add(TestRange(2, std::nullopt, std::nullopt), base + 1, TestCells("pear", "yellow"));
    if (base == 300) group.Add(TestRange(3, "x", std::nullopt), base + 2, std::string(4200, 'x'));
    WriteGroup(**writer, group, log.get());
    if (base == 200 || base == 400) EXPECT_TRUE((*writer)->Roll().ok());
  }
  const auto entries = log->files.List(kTestLogDirectory);
  EXPECT_TRUE(entries.ok());
  for (const auto& entry : *entries) log->names.push_back(entry.name);
  return log;
}

/// Empty when the damaged log is read as it should be, else what is wrong. `tail_groups`: how many of the last groups
/// may be missing, when a torn tail or a file that never came to use is reported: one fault can hit what would have
/// proven the last group only, several faults can hit the proofs too.
std::string Check(const WrittenLog& written, const FileSystem& damaged, size_t tail_groups = 1) {
  const auto reader = LogReader::Open(damaged, kTestLogDirectory, TestIdentity());
  if (!reader.ok()) return "";  // Told, for the log as a whole.
  std::vector<ReplaySelection> selections;
  for (uint32_t table = 1; table <= kTables; ++table) selections.push_back(SelectTable(table));
  std::vector<std::vector<std::string>> lines(kTables + 1);
  const auto statuses = (*reader)->Replay(selections, [&](size_t selection, const ReplayedSection& replayed) {
    lines[selection + 1].push_back(Line(replayed.section));
    return common::OkStatus();
  });
  for (uint32_t table = 1; table <= kTables; ++table) {
    const std::vector<std::string>& want = written.lines[table];
    const std::vector<std::string>& got = lines[table];
    auto at = want.begin();
    for (const std::string& line : got) {
      at = std::find(at, want.end(), line);
      if (at == want.end()) return "table " + std::to_string(table) + ": altered, doubled or out of order: " + line;
      ++at;
    }
    if (!statuses[table - 1].ok()) continue;  // Told, for the range.
    const bool whole = got == want;
    const bool told = (*reader)->torn_tail() || (tail_groups > 1 && !(*reader)->notes().empty());
    const bool without_tail = told && got.size() + tail_groups >= want.size() && got.size() <= want.size() &&
                              std::equal(got.begin(), got.end(), want.begin());
    if (!whole && !without_tail) return "table " + std::to_string(table) + ": sections lost without a word";
  }
  return "";
}

TEST(LogDamageTest, Undamaged_IsWhole) {
  const auto log = WriteLog();
  EXPECT_EQ(Check(*log, log->files), "");
  const auto reader = LogReader::Open(log->files, kTestLogDirectory, TestIdentity());
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->fragments().size(), 3U);
  EXPECT_TRUE((*reader)->damage().empty());
  EXPECT_FALSE((*reader)->torn_tail());
  const auto verification = VerifyLog(log->files, kTestLogDirectory, TestIdentity());
  ASSERT_TRUE(verification.ok());
  EXPECT_TRUE(verification->problems.empty());
  EXPECT_EQ(verification->section_count, 10U);
}

TEST(LogDamageTest, EverySingleBitFlip_IsDetectedOrHarmless) {
  const auto log = WriteLog();
  for (const std::string& name : log->names) {
    const std::string path = std::string(kTestLogDirectory) + "/" + name;
    const std::string bytes = *common::ReadWholeFile(log->files, path, 1 << 20);
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      if (bytes[bit / 8] == 'x' && bit / 8 % 512 != 0) continue;  // The inside of one long value: a few suffice.
      const char flipped = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_TRUE(log->files.Damage(path, bit / 8, std::string_view(&flipped, 1)).ok());
      ASSERT_EQ(Check(*log, log->files), "") << name << " bit " << bit;
      ASSERT_TRUE(log->files.Damage(path, bit / 8, std::string_view(&bytes[bit / 8], 1)).ok());
    }
  }
}

TEST(LogDamageTest, EveryTruncation_IsDetectedOrHarmless) {
  const auto log = WriteLog();
  for (const std::string& name : log->names) {
    const std::string path = std::string(kTestLogDirectory) + "/" + name;
    const uint64_t length = common::ReadWholeFile(log->files, path, 1 << 20)->size();
    for (uint64_t cut = 0; cut < length; ++cut) {
      const auto copy = log->files.Snapshot();
      ASSERT_TRUE(copy->Truncate(path, cut).ok());
      const std::string wrong = Check(*log, *copy);
      // Of the tip nothing but its own blocks shows how long it was: a cut at a block's end is a log that ends there.
      if (name == log->names.back() && wrong.find("lost without a word") != std::string::npos) continue;
      ASSERT_EQ(wrong, "") << name << " cut at " << cut;
    }
  }
}

TEST(LogDamageTest, TruncatedTip_IsToldBySealedLengths) {
  const auto log = WriteLog();
  const std::string path = std::string(kTestLogDirectory) + "/" + log->names.back();
  const uint64_t length = common::ReadWholeFile(log->files, path, 1 << 20)->size();
  const common::SealedFile sealed[] = {{.name = log->names.back(), .length_bytes = length}};
  for (uint64_t cut = 0; cut < length; cut += 8) {
    const auto copy = log->files.Snapshot();
    ASSERT_TRUE(copy->Truncate(path, cut).ok());
    const auto reader = LogReader::Open(*copy, kTestLogDirectory, TestIdentity(), sealed);
    ASSERT_TRUE(reader.ok());
    EXPECT_FALSE((*reader)->damage().empty()) << "cut at " << cut;
  }
}

TEST(LogDamageTest, RandomFaults_AreDetectedOrHarmless) {
  const auto log = WriteLog();
  SeededRandom random(20261121);
  for (int round = 0; round < 3000; ++round) {
    const auto copy = log->files.Snapshot();
    const uint64_t fault_count = 1 + random.Uniform(4);
    bool tip_was_cut = false;
    for (uint64_t i = 0; i < fault_count; ++i) {
      const std::string& name = log->names[random.Uniform(log->names.size())];
      const std::string path = std::string(kTestLogDirectory) + "/" + name;
      const std::string bytes = *common::ReadWholeFile(*copy, path, 1 << 20);
      if (bytes.empty()) continue;
      if (random.OneIn(8)) {
        ASSERT_TRUE(copy->Truncate(path, random.Uniform(bytes.size())).ok());
        tip_was_cut |= name == log->names.back();
        continue;
      }
      const size_t begin = random.Uniform(bytes.size());
      const size_t size = std::min<size_t>(bytes.size() - begin, 1 + random.Uniform(40));
      std::string damage = bytes.substr(begin, size);
      if (random.OneIn(2)) {  // Bytes from elsewhere in the file, as a misdirected write leaves them.
        const size_t from = random.Uniform(bytes.size() - size + 1);
        damage = bytes.substr(from, size);
      } else {
        for (char& c : damage) c = static_cast<char>(random.Next());
      }
      ASSERT_TRUE(copy->Damage(path, begin, damage).ok());
    }
    const std::string wrong = Check(*log, *copy, 2);
    // Together with a cut of the tip, the blocks that would have proven it are gone: nothing altered is all there is.
    if (tip_was_cut && wrong.find("lost without a word") != std::string::npos) continue;
    ASSERT_EQ(wrong, "") << "round " << round << "\n" << Dump(*copy);
  }
}

TEST(LogDamageTest, DamagedChunk_ConcernsItsRangesOnly) {
  const auto log = WriteLog();
  const std::string path = std::string(kTestLogDirectory) + "/" + log->names[1];
  const std::string bytes = *common::ReadWholeFile(log->files, path, 1 << 20);
  const size_t chunk = bytes.find("yellow");
  ASSERT_NE(chunk, std::string::npos);
  ASSERT_TRUE(log->files.Damage(path, chunk, "Y").ok());
  const auto reader = LogReader::Open(log->files, kTestLogDirectory, TestIdentity());
  ASSERT_TRUE(reader.ok());
  const ReplayedLog replayed = ReplayTables(**reader, kTables);
  EXPECT_TRUE(replayed.statuses[1].Is(StatusCode::kCorruption));
  EXPECT_NE(replayed.statuses[1].message().find(path), std::string_view::npos);
  EXPECT_TRUE(replayed.statuses[2].ok()) << "table 3 has nothing in that chunk";
}

TEST(LogDamageTest, RangeThatWasFlushedFarEnough_IsNotConcerned) {
  const auto log = WriteLog();
  const std::string path = std::string(kTestLogDirectory) + "/" + log->names[0];
  // Without its index the fragment is scanned, so nothing names the ranges of the block that is gone.
  const std::string bytes = *common::ReadWholeFile(log->files, path, 1 << 20);
  ASSERT_TRUE(log->files.Damage(path, bytes.size() - 3, "XYZ").ok());
  ASSERT_TRUE(log->files.Damage(path, kFragmentHeaderBytes, "XXXX").ok());
  const auto reader = LogReader::Open(log->files, kTestLogDirectory, TestIdentity());
  ASSERT_TRUE(reader.ok());
  ASSERT_FALSE((*reader)->damage().empty());
  ReplaySelection selections[] = {SelectTable(1), SelectTable(1)};
  selections[0].flushed = model::Revision(300);
  selections[1].flushed = model::Revision(99);
  const auto statuses =
      (*reader)->Replay(selections, [](size_t, const ReplayedSection&) { return common::OkStatus(); });
  EXPECT_TRUE(statuses[0].ok()) << statuses[0].ToString();
  EXPECT_TRUE(statuses[1].Is(StatusCode::kCorruption));
}

TEST(LogDamageTest, LostFragment_IsNotTakenForPruned) {
  const auto log = WriteLog();
  ASSERT_TRUE(log->files.Remove(std::string(kTestLogDirectory) + "/" + log->names[0]).ok());
  const auto reader = LogReader::Open(log->files, kTestLogDirectory, TestIdentity());
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ((*reader)->damage().size(), 1U);
  EXPECT_TRUE(ReplayTables(**reader, 1).statuses[0].Is(StatusCode::kCorruption));
  ReplaySelection flushed = SelectTable(1);
  flushed.flushed = model::Revision(299);
  const auto statuses =
      (*reader)->Replay({&flushed, 1}, [](size_t, const ReplayedSection&) { return common::OkStatus(); });
  EXPECT_TRUE(statuses[0].ok()) << "all that can have been in it is flushed";
}

}  // namespace
}  // namespace cellar::storage
