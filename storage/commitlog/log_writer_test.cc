#include "storage/commitlog/log_writer.h"

#include <gtest/gtest.h>

#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "storage/commitlog/log_test_support.h"
#include "tests/support/golden.h"

namespace cellar::storage {
namespace {

class LogWriterTest : public testing::Test {
 protected:
  std::unique_ptr<LogWriter> OpenWriter(LogWriterOptions options = {}) {
    auto writer = LogWriter::Open(faulty_, kTestLogDirectory, TestIdentity(), options);
    EXPECT_TRUE(writer.ok()) << writer.status().ToString();
    return std::move(*writer);
  }
  std::unique_ptr<LogReader> OpenReader() {
    auto reader = LogReader::Open(memory_, kTestLogDirectory, TestIdentity());
    EXPECT_TRUE(reader.ok()) << reader.status().ToString();
    return std::move(*reader);
  }
  std::vector<std::string> Lines() { return ReplayTables(*OpenReader(), 3).lines; }

  TestGroup Group(int64_t base) {
    TestGroup group;
    group.Add(range_, base, TestCells("apple" + std::to_string(base), "green"));
    return group;
  }

  MemoryFileSystem memory_;
  FaultyFileSystem faulty_{memory_, 1};
  const LoggedRange range_ = TestRange(1, "a", "m");
};

TEST_F(LogWriterTest, OneGroup_IsTheExampleOfTheFormatPage) {
  auto writer = OpenWriter();
  const TestGroup group = Group(100);
  ASSERT_TRUE(writer->Append(group.sections()).ok());
  ASSERT_TRUE(writer->Sync().ok());
  const auto bytes = common::ReadWholeFile(memory_, std::string(kTestLogDirectory) + "/0000000001", 1 << 20);
  ASSERT_TRUE(bytes.ok());
  EXPECT_TRUE(tests::MatchesGolden(tests::HexDump(*bytes) + Dump(memory_), "testdata/one_group.txt"));
}

TEST_F(LogWriterTest, SeveralFragments_Dump) {
  auto writer = OpenWriter();
  TestGroup first;
  first.Add(TestRange(2, std::nullopt, std::nullopt, 4), 101, TestCells("pear", std::string(5000, 'x')))
      .Add(TestRange(1, "m", std::nullopt), 102, TestCells("plum", "blue"))
      .Add(range_, 100, TestCells("apple", "red"))
      .Add(range_, 103, TestCells("banana", "yellow"), 3);
  first.sections()[1].flags = kSectionConditional;
  first.sections()[1].result = "applied";
  ASSERT_TRUE(writer->Append(first.sections()).ok());
  ASSERT_TRUE(writer->Roll().ok());
  const TestGroup second = Group(110);
  ASSERT_TRUE(writer->Append(second.sections()).ok());
  ASSERT_TRUE(writer->Sync().ok());
  const auto pruned = writer->Prune([](const LoggedRange&, model::Revision) { return true; });
  ASSERT_TRUE(pruned.ok());
  EXPECT_EQ(*pruned, 1U);
  ASSERT_TRUE(writer->Roll().ok());
  EXPECT_TRUE(tests::MatchesGolden(Dump(memory_), "testdata/several_fragments.txt"));
}

TEST_F(LogWriterTest, SectionsComeBackAsTheyWere) {
  auto writer = OpenWriter();
  TestGroup group;
  group.Add(TestRange(1, "a", "b"), -5, std::string(10000, 'z')).Add(TestRange(1, "b", "c"), 3, "tiny", 9);
  group.sections()[1].flags = 7;
  const std::string result(kMaxResultBytes, 'r');
  group.sections()[1].result = result;
  ASSERT_TRUE(writer->Append(group.sections()).ok());
  ASSERT_TRUE(writer->Sync().ok());
  EXPECT_EQ(Lines(), (std::vector<std::string>{Line(group.sections()[0]), Line(group.sections()[1])}));
}

TEST_F(LogWriterTest, SecondOpen_OfTheSameIncarnation_IsRefused) {
  OpenWriter();
  EXPECT_TRUE(LogWriter::Open(memory_, kTestLogDirectory, TestIdentity(), {}).status().Is(StatusCode::kAlreadyExists));
}

TEST_F(LogWriterTest, FailedSync_AcknowledgesNothing_AndReappendCountsOnce) {
  auto writer = OpenWriter();
  const TestGroup first = Group(100);
  const TestGroup second = Group(101);
  ASSERT_TRUE(writer->Append(first.sections()).ok());
  ASSERT_TRUE(writer->Sync().ok());
  faulty_.AddRule({.operation = FileOperation::kSync, .fault = FileFault::kDoThenFail, .fire_count = 1});
  ASSERT_TRUE(writer->Append(second.sections()).ok());
  EXPECT_TRUE(writer->Sync().Is(StatusCode::kIoError));
  EXPECT_TRUE(writer->dead());
  EXPECT_EQ(writer->durable_sequence(), 1U);
  EXPECT_FALSE(writer->Append(second.sections()).ok());
  EXPECT_FALSE(writer->Sync().ok()) << "no retry on the same handle";

  ASSERT_TRUE(writer->Roll().ok());
  EXPECT_EQ(writer->appended_sequence(), 1U);
  ASSERT_TRUE(writer->Append(second.sections()).ok());
  ASSERT_TRUE(writer->Sync().ok());
  EXPECT_EQ(writer->durable_sequence(), 2U);
  EXPECT_EQ(Lines(), (std::vector<std::string>{Line(first.sections()[0]), Line(second.sections()[0])}));
}

TEST_F(LogWriterTest, ShortAppend_ThenFailedRolls_ThenSuccess) {
  auto writer = OpenWriter();
  const TestGroup group = Group(100);
  faulty_.AddRule({.operation = FileOperation::kAppend,
                   .fault = FileFault::kShortAppend,
                   .code = StatusCode::kNoSpace,
                   .fire_count = 2});
  EXPECT_TRUE(writer->Append(group.sections()).Is(StatusCode::kNoSpace));
  EXPECT_TRUE(writer->Roll().Is(StatusCode::kNoSpace)) << "the new header does not fit either";
  EXPECT_TRUE(writer->dead());
  faulty_.AddRule({.operation = FileOperation::kCreate, .fault = FileFault::kDoThenFail, .fire_count = 1});
  EXPECT_FALSE(writer->Roll().ok());
  ASSERT_TRUE(writer->Roll().ok());
  EXPECT_EQ(writer->fragment_number(), 4U);
  ASSERT_TRUE(writer->Append(group.sections()).ok());
  ASSERT_TRUE(writer->Sync().ok());
  const auto reader = OpenReader();
  EXPECT_EQ(ReplayTables(*reader, 1).lines, std::vector<std::string>{Line(group.sections()[0])});
  EXPECT_TRUE(reader->damage().empty());
  EXPECT_EQ(reader->notes().size(), 2U);
}

TEST_F(LogWriterTest, FailedIndexAtRoll_LosesNothing) {
  auto writer = OpenWriter();
  const TestGroup group = Group(100);
  ASSERT_TRUE(writer->Append(group.sections()).ok());
  ASSERT_TRUE(writer->Sync().ok());
  faulty_.AddRule({.operation = FileOperation::kAppend, .fault = FileFault::kShortAppend, .fire_count = 1});
  ASSERT_TRUE(writer->Roll().ok());
  const auto reader = OpenReader();
  ASSERT_EQ(reader->fragments().size(), 2U);
  EXPECT_TRUE(reader->fragments()[0].scanned);
  EXPECT_EQ(ReplayTables(*reader, 1).lines.size(), 1U);
}

TEST_F(LogWriterTest, FullBySizeOrIndex) {
  auto by_size = OpenWriter({.max_fragment_bytes = 200});
  EXPECT_FALSE(by_size->full());
  const TestGroup group = Group(100);
  ASSERT_TRUE(by_size->Append(group.sections()).ok());
  EXPECT_TRUE(by_size->full());
  ASSERT_TRUE(by_size->Roll().ok());
  EXPECT_FALSE(by_size->full());
}

TEST_F(LogWriterTest, Prune_TakesTheOldestOnly_AndIsRemembered) {
  auto writer = OpenWriter();
  for (const int64_t base : {100, 200, 300}) {
    const TestGroup group = Group(base);
    ASSERT_TRUE(writer->Append(group.sections()).ok());
    ASSERT_TRUE(writer->Roll().ok());
  }
  const auto none = writer->Prune([](const LoggedRange&, model::Revision max) { return max.get() >= 200; });
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(*none, 0U) << "the first is needed, so the second stays";
  EXPECT_EQ(writer->PinnedBy([](const LoggedRange&, model::Revision) { return false; }).size(), 1U);
  const auto two = writer->Prune([](const LoggedRange&, model::Revision max) { return max.get() <= 200; });
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(*two, 2U);
  EXPECT_FALSE(*memory_.Exists(std::string(kTestLogDirectory) + "/0000000002"));

  const auto reader = OpenReader();
  EXPECT_TRUE(reader->damage().empty()) << "pruned, not lost";
  EXPECT_EQ(reader->pruned_up_to(), 2U);
  const ReplayedLog log = ReplayTables(*reader, 1);
  EXPECT_EQ(log.lines.size(), 1U);
  EXPECT_TRUE(log.statuses[0].ok());
}

TEST_F(LogWriterTest, FailedPruneRecord_RemovesNothing) {
  auto writer = OpenWriter();
  const TestGroup group = Group(100);
  ASSERT_TRUE(writer->Append(group.sections()).ok());
  ASSERT_TRUE(writer->Roll().ok());
  faulty_.AddRule({.operation = FileOperation::kSync, .fire_count = 1});
  EXPECT_FALSE(writer->Prune([](const LoggedRange&, model::Revision) { return true; }).ok());
  EXPECT_TRUE(*memory_.Exists(std::string(kTestLogDirectory) + "/0000000001"));
}

TEST_F(LogWriterTest, SealedLog_IsFencedAtSync) {
  auto writer = OpenWriter();
  const TestGroup group = Group(100);
  ASSERT_TRUE(memory_.Seal("servers/rs1", Incarnation(FencingNumber{.term = 1, .counter = 3})).ok());
  const Status appended = writer->Append(group.sections());
  const Status synced = appended.ok() ? writer->Sync() : appended;
  EXPECT_TRUE(synced.Is(StatusCode::kFenced)) << synced.ToString();
  EXPECT_TRUE(writer->Roll().Is(StatusCode::kFenced));
  EXPECT_TRUE(Lines().empty());
}

}  // namespace
}  // namespace cellar::storage
