#include "storage/commitlog/log_reader.h"

#include <gtest/gtest.h>

#include "common/bytes/crc32c.h"
#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "storage/commitlog/log_test_support.h"

namespace cellar::storage {
namespace {

const Incarnation kNextIncarnation(FencingNumber{.term = 1, .counter = 3});

class LogReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    auto writer = LogWriter::Open(files_, kTestLogDirectory, TestIdentity(), {});
    ASSERT_TRUE(writer.ok());
    writer_ = std::move(*writer);
  }
  void Write(const TestGroup& group) {
    ASSERT_TRUE(writer_->Append(group.sections()).ok());
    ASSERT_TRUE(writer_->Sync().ok());
  }
  std::unique_ptr<LogReader> OpenReader() {
    auto reader = LogReader::Open(files_, kTestLogDirectory, TestIdentity());
    EXPECT_TRUE(reader.ok()) << reader.status().ToString();
    return std::move(*reader);
  }
  std::vector<int64_t> Bases(const ReplaySelection& selection) {
    std::vector<int64_t> bases;
    const auto statuses = OpenReader()->Replay({&selection, 1}, [&](size_t, const ReplayedSection& replayed) {
      bases.push_back(replayed.section.base.get());
      return common::OkStatus();
    });
    EXPECT_TRUE(statuses[0].ok()) << statuses[0].ToString();
    return bases;
  }
  std::string Fragment(uint64_t number) { return std::string(kTestLogDirectory) + "/" + FragmentName(number); }

  MemoryFileSystem files_;
  std::unique_ptr<LogWriter> writer_;
};

TEST_F(LogReaderTest, MissingDirectory_IsAnEmptyLog) {
  const auto reader = LogReader::Open(files_, "servers/rs1/none", TestIdentity());
  ASSERT_TRUE(reader.ok());
  EXPECT_TRUE((*reader)->fragments().empty());
}

TEST_F(LogReaderTest, Selection_ByTableRowsEpochAndFlushedRevision) {
  TestGroup group;
  group.Add(TestRange(1, std::nullopt, "g", 1), 10, "one")
      .Add(TestRange(1, "g", std::nullopt, 1), 11, "two")
      .Add(TestRange(2, std::nullopt, std::nullopt, 1), 12, "three")
      .Add(TestRange(1, std::nullopt, "g", 2), 13, "four", 4);
  Write(group);
  ReplaySelection selection = SelectTable(1);
  EXPECT_EQ(Bases(selection), (std::vector<int64_t>{10, 13, 11})) << "order of ranges within a block";
  selection.end_row = "g";
  EXPECT_EQ(Bases(selection), (std::vector<int64_t>{10, 13}));
  selection.end_row = "h";
  EXPECT_EQ(Bases(selection), (std::vector<int64_t>{10, 13, 11})) << "a range that overlaps is taken";
  selection = SelectTable(1);
  selection.start_row = "g";
  EXPECT_EQ(Bases(selection), (std::vector<int64_t>{11}));
  selection = SelectTable(1);
  const Epoch second(FencingNumber{.term = 1, .counter = 2});
  selection.epochs = {{.first = second, .last = second}};
  EXPECT_EQ(Bases(selection), (std::vector<int64_t>{13}));
  selection.epochs.clear();
  selection.flushed = model::Revision(15);
  EXPECT_EQ(Bases(selection), (std::vector<int64_t>{13})) << "its last revision, 16, is above the flushed one";
  selection.flushed = model::Revision(16);
  EXPECT_TRUE(Bases(selection).empty());
}

TEST_F(LogReaderTest, EachSelectionGetsItsOwn_InOnePass) {
  TestGroup group;
  group.Add(TestRange(1, std::nullopt, std::nullopt), 10, "one").Add(TestRange(2, "a", "b"), 11, "two");
  Write(group);
  const ReplaySelection selections[] = {SelectTable(2), SelectTable(3), SelectTable(1)};
  std::vector<std::pair<size_t, int64_t>> seen;
  const auto statuses = OpenReader()->Replay(selections, [&](size_t selection, const ReplayedSection& replayed) {
    seen.emplace_back(selection, replayed.section.base.get());
    return common::OkStatus();
  });
  EXPECT_EQ(seen, (std::vector<std::pair<size_t, int64_t>>{{2, 10}, {0, 11}}));
}

TEST_F(LogReaderTest, VisitorsError_EndsItsSelectionOnly) {
  TestGroup first;
  first.Add(TestRange(1, std::nullopt, std::nullopt), 10, "one").Add(TestRange(2, "a", "b"), 11, "two");
  Write(first);
  TestGroup second;
  second.Add(TestRange(1, std::nullopt, std::nullopt), 20, "one").Add(TestRange(2, "a", "b"), 21, "two");
  Write(second);
  const ReplaySelection selections[] = {SelectTable(1), SelectTable(2)};
  int calls[2] = {};
  const auto statuses = OpenReader()->Replay(selections, [&](size_t selection, const ReplayedSection&) {
    ++calls[selection];
    return selection == 0 ? common::Busy("no room") : common::OkStatus();
  });
  EXPECT_TRUE(statuses[0].Is(StatusCode::kBusy));
  EXPECT_TRUE(statuses[1].ok());
  EXPECT_EQ(calls[0], 1);
  EXPECT_EQ(calls[1], 2);
}

TEST_F(LogReaderTest, TailThatNothingProves_IsMarked) {
  TestGroup first;
  first.Add(TestRange(1, std::nullopt, std::nullopt), 10, "one");
  Write(first);
  TestGroup second;
  second.Add(TestRange(1, std::nullopt, std::nullopt), 20, "two");
  Write(second);
  std::vector<bool> proven;
  const ReplaySelection selection = SelectTable(1);
  const auto statuses = OpenReader()->Replay({&selection, 1}, [&](size_t, const ReplayedSection& replayed) {
    proven.push_back(replayed.proven_durable);
    return common::OkStatus();
  });
  EXPECT_EQ(proven, (std::vector<bool>{true, false}));
}

TEST_F(LogReaderTest, ClosedFragments_AreReadByTheirIndex) {
  TestGroup group;
  group.Add(TestRange(1, std::nullopt, std::nullopt), 10, "one");
  Write(group);
  ASSERT_TRUE(writer_->Roll().ok());
  const auto reader = OpenReader();
  ASSERT_EQ(reader->fragments().size(), 2U);
  EXPECT_FALSE(reader->fragments()[0].scanned);
  EXPECT_TRUE(reader->fragments()[1].scanned);
  EXPECT_EQ(reader->max_revision(), model::Revision(10));
}

TEST_F(LogReaderTest, MissingIndex_IsWrittenBeside_AndUsed) {
  TestGroup group;
  group.Add(TestRange(1, "a", "k"), 10, "one").Add(TestRange(2, std::nullopt, "z"), 11, "two");
  Write(group);
  ASSERT_TRUE(files_.Seal("servers/rs1", kNextIncarnation).ok());
  const auto first = OpenReader();
  ASSERT_TRUE(first->WriteMissingIndexes(files_, kNextIncarnation).ok());
  ASSERT_TRUE(first->WriteMissingIndexes(files_, kNextIncarnation).ok()) << "again does no harm";
  const auto second = OpenReader();
  EXPECT_FALSE(second->fragments()[0].scanned);
  EXPECT_EQ(second->fragments()[0].index, first->fragments()[0].index);
  EXPECT_EQ(ReplayTables(*second, 2).lines, ReplayTables(*first, 2).lines);
}

TEST_F(LogReaderTest, BadIndexBeside_IsIgnored) {
  TestGroup group;
  group.Add(TestRange(1, "a", "k"), 10, "one");
  Write(group);
  ASSERT_TRUE(OpenReader()->WriteMissingIndexes(files_, kNextIncarnation).ok());
  const std::string path = Fragment(1) + ".index";
  const auto bytes = common::ReadWholeFile(files_, path, 1 << 20);
  ASSERT_TRUE(bytes.ok());
  for (size_t bit = 0; bit < bytes->size() * 8; bit += 5) {
    std::string damaged = *bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_TRUE(files_.Damage(path, 0, damaged).ok());
    const auto reader = OpenReader();
    EXPECT_TRUE(reader->fragments()[0].scanned) << "bit " << bit;
    EXPECT_EQ(ReplayTables(*reader, 1).lines.size(), 1U);
  }
}

TEST_F(LogReaderTest, SealedLengths_TellOfMissingAndShortFiles) {
  TestGroup group;
  group.Add(TestRange(1, "a", "k"), 10, "one");
  Write(group);
  const common::SealedFile sealed[] = {{.name = FragmentName(1), .length_bytes = 5000},
                                       {.name = FragmentName(2), .length_bytes = 5000}};
  const auto reader = LogReader::Open(files_, kTestLogDirectory, TestIdentity(), sealed);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->damage().size(), 2U);
  EXPECT_TRUE(ReplayTables(**reader, 1).statuses[0].Is(StatusCode::kCorruption));
}

TEST_F(LogReaderTest, ForeignFragment_IsRefusedByName) {
  LogIdentity other = TestIdentity();
  other.log_class = LogClass::kMetadata;
  const auto reader = LogReader::Open(files_, kTestLogDirectory, other);
  ASSERT_TRUE(reader.status().Is(StatusCode::kInvalidArgument));
  EXPECT_NE(reader.status().message().find("user log of incarnation 1.2"), std::string_view::npos);
}

TEST_F(LogReaderTest, NewerVersion_IsRefusedByName) {
  std::string header = EncodeFragmentHeader(FragmentHeader{.identity = TestIdentity(), .number = 1});
  header[8] = 2;
  const uint32_t crc = common::Crc32c(std::string_view(header).substr(0, kFragmentHeaderBytes - 4));
  common::StoreFixed32(header.data() + kFragmentHeaderBytes - 4, crc);
  ASSERT_TRUE(files_.Damage(Fragment(1), 0, header).ok());
  EXPECT_TRUE(LogReader::Open(files_, kTestLogDirectory, TestIdentity()).status().Is(StatusCode::kUnsupported));
}

TEST_F(LogReaderTest, UnreadableFile_StopsTheWholeLog) {
  TestGroup group;
  group.Add(TestRange(1, "a", "k"), 10, "one");
  Write(group);
  FaultyFileSystem faulty(files_, 1);
  faulty.AddRule({.operation = FileOperation::kRead, .skip_count = 1});
  EXPECT_TRUE(LogReader::Open(faulty, kTestLogDirectory, TestIdentity()).status().Is(StatusCode::kIoError))
      << "an error of reading is not a torn tail";
}

}  // namespace
}  // namespace cellar::storage
