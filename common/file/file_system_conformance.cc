#include "common/file/file_system_conformance.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cellar::common {

// Out of line, so that a backend's test links this file, and with it the tests below.
StorageFactory::StorageFactory(std::string name_in_messages,
                               std::function<std::unique_ptr<StorageUnderTest>()> make_storage)
    : name(std::move(name_in_messages)), make(std::move(make_storage)) {}

FileSystemConformanceTest::FileSystemConformanceTest() : storage_(GetParam().make()) {}
FileSystemConformanceTest::~FileSystemConformanceTest() = default;

void FileSystemConformanceTest::Write(const std::string& path, std::string_view bytes, Incarnation incarnation) {
  Result<std::unique_ptr<WritableFile>> file = files().Create(path, incarnation);
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  ASSERT_TRUE((*file)->Append(bytes).ok());
  ASSERT_TRUE((*file)->Sync().ok());
  ASSERT_TRUE((*file)->Close().ok());
}

std::string FileSystemConformanceTest::ReadAll(const std::string& path) {
  Result<std::string> bytes = ReadWholeFile(files(), path, 1 << 28);
  return bytes.ok() ? *bytes : "(" + bytes.status().ToString() + ")";
}

std::string FileSystemConformanceTest::ListText(const std::string& path) {
  const Result<std::vector<DirectoryEntry>> entries = files().List(path);
  if (!entries.ok()) return "(" + std::string(StatusCodeName(entries.status().code())) + ")";
  std::string text;
  for (const DirectoryEntry& entry : *entries) {
    if (!text.empty()) text += " ";
    text += entry.name + (entry.is_directory ? "/" : ":" + std::to_string(entry.length_bytes));
  }
  return text;
}

namespace {

using std::string_literals::operator""s;

Incarnation Life(uint64_t counter) {
  return Incarnation(FencingNumber{.term = 1, .counter = counter});
}

std::string LengthsText(const Result<std::vector<SealedFile>>& files) {
  if (!files.ok()) return "(" + std::string(StatusCodeName(files.status().code())) + ")";
  std::string text;
  for (const SealedFile& file : *files) {
    if (!text.empty()) text += " ";
    text += file.name + ":" + std::to_string(file.length_bytes);
  }
  return text;
}

TEST_P(FileSystemConformanceTest, Append_ReturnsOffsetsAndReadsBack) {
  auto file = files().Create("log", Life(1));
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  const std::vector<std::string_view> pieces = {"ab", "", "cde"};
  EXPECT_EQ((*file)->Append("first").value(), 0u);
  EXPECT_EQ((*file)->Append(pieces).value(), 5u);
  EXPECT_EQ((*file)->Append("").value(), 10u);
  EXPECT_EQ((*file)->Append(std::span<const std::string_view>()).value(), 10u);
  EXPECT_TRUE((*file)->Sync().ok());
  EXPECT_TRUE((*file)->Sync().ok());
  EXPECT_EQ((*file)->Append("x").value(), 10u);
  EXPECT_EQ(ReadAll("log"), "firstabcdex");
}

TEST_P(FileSystemConformanceTest, Append_OfManyAndLargePieces) {
  std::vector<std::string> owned;
  std::string expected;
  for (size_t i = 0; i < 3'000; ++i) {
    owned.emplace_back(i % 101, static_cast<char>('a' + i % 26));
    expected += owned.back();
  }
  owned.emplace_back(5 << 20, 'L');
  expected += owned.back();
  const std::vector<std::string_view> pieces(owned.begin(), owned.end());
  auto file = files().Create("large", Life(1));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append(pieces).ok());
  ASSERT_TRUE((*file)->Sync().ok());
  EXPECT_EQ(ReadAll("large"), expected);
}

TEST_P(FileSystemConformanceTest, Create_OfAnExistingName_IsRefusedAndChangesNothing) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  Write("d/f", "old", Life(1));
  EXPECT_EQ(files().Create("d/f", Life(2)).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(files().Create("d", Life(2)).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(other_process().Create("d/f", Life(2)).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadAll("d/f"), "old");
}

TEST_P(FileSystemConformanceTest, Create_WithoutItsDirectory_IsNotFound) {
  EXPECT_EQ(files().Create("d/f", Life(1)).status().code(), StatusCode::kNotFound);
  Write("f", "", Life(1));
  EXPECT_EQ(files().Create("f/g", Life(1)).status().code(), StatusCode::kNotFound);
}

TEST_P(FileSystemConformanceTest, BadPath_IsInvalidEverywhere) {
  for (const std::string path : {"/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a b", "a\n", ".seal", "a/.seal",
                                 "\xc3\xa4", "a\\b", "a:b", "/"}) {
    EXPECT_EQ(files().Create(path, Life(1)).status().code(), StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(files().Open(path).status().code(), StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(files().CreateDirectories(path).code(), StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(files().List(path).status().code(), StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(files().Exists(path).status().code(), StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(files().Remove(path).code(), StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(files().RemoveDirectory(path).code(), StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(files().Seal(path, Life(1)).status().code(), StatusCode::kInvalidArgument) << path;
  }
  for (const std::string& path : {std::string(201, 'a'), "a\0b"s}) {
    EXPECT_EQ(files().Create(path, Life(1)).status().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(files().Create("", Life(1)).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(files().Remove("").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(files().RemoveDirectory("").code(), StatusCode::kInvalidArgument);
}

TEST_P(FileSystemConformanceTest, UnusualButValidNames_Work) {
  for (const std::string path : {"...", ".hidden", "-", "_", "A.b-C_9", "seal", ".seals"}) Write(path, path, Life(1));
  EXPECT_EQ(ListText(""), "-:1 ...:3 .hidden:7 .seals:6 A.b-C_9:7 _:1 seal:4");
}

TEST_P(FileSystemConformanceTest, Read_WithinAndBeyondTheEnd) {
  Write("f", "0123456789", Life(1));
  auto file = files().Open("f");
  ASSERT_TRUE(file.ok());
  char buffer[16] = {};
  EXPECT_EQ((*file)->Read(3, 4, buffer).value(), 4u);
  EXPECT_EQ(std::string_view(buffer, 4), "3456");
  EXPECT_EQ((*file)->Read(8, 16, buffer).value(), 2u);
  EXPECT_EQ((*file)->Read(10, 16, buffer).value(), 0u);
  EXPECT_EQ((*file)->Read(uint64_t{1} << 40, 16, buffer).value(), 0u);
  EXPECT_EQ((*file)->Read(0, 0, buffer).value(), 0u);
  EXPECT_EQ((*file)->Length().value(), 10u);
}

TEST_P(FileSystemConformanceTest, OpenReader_SeesWhatIsAppendedLater) {
  auto writer = files().Create("f", Life(1));
  ASSERT_TRUE(writer.ok());
  auto reader = other_process().Open("f");
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->Length().value(), 0u);
  ASSERT_TRUE((*writer)->Append("abc").ok());
  ASSERT_TRUE((*writer)->Sync().ok());
  EXPECT_EQ((*reader)->Length().value(), 3u);
  char buffer[3];
  EXPECT_EQ((*reader)->Read(0, 3, buffer).value(), 3u);
}

TEST_P(FileSystemConformanceTest, Open_OfNothingOrADirectory) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  EXPECT_EQ(files().Open("f").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files().Open("d/f").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files().Open("d").status().code(), StatusCode::kInvalidArgument);
}

TEST_P(FileSystemConformanceTest, ErrorMessage_NamesThePath) {
  EXPECT_NE(files().Open("no/such-file").status().message().find("no/such-file"), std::string_view::npos);
  EXPECT_NE(files().Remove("no/such-file").message().find("no/such-file"), std::string_view::npos);
}

TEST_P(FileSystemConformanceTest, ClosedHandle_RefusesAppendAndSync) {
  auto file = files().Create("f", Life(1));
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->Close().ok());
  EXPECT_TRUE((*file)->Close().ok());
  EXPECT_FALSE((*file)->Append("x").ok());
  EXPECT_FALSE((*file)->Sync().ok());
  EXPECT_EQ(ReadAll("f"), "");
}

TEST_P(FileSystemConformanceTest, CreateDirectories_MakesAllAndMayBeRepeated) {
  EXPECT_TRUE(files().CreateDirectories("").ok());
  EXPECT_TRUE(files().CreateDirectories("a/b/c").ok());
  EXPECT_TRUE(files().CreateDirectories("a/b/c").ok());
  EXPECT_TRUE(other_process().CreateDirectories("a/d").ok());
  EXPECT_EQ(ListText(""), "a/");
  EXPECT_EQ(ListText("a"), "b/ d/");
  EXPECT_EQ(ListText("a/b/c"), "");
}

TEST_P(FileSystemConformanceTest, CreateDirectories_OverAFile_IsRefused) {
  Write("f", "x", Life(1));
  EXPECT_EQ(files().CreateDirectories("f").code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(files().CreateDirectories("f/g").code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadAll("f"), "x");
}

TEST_P(FileSystemConformanceTest, List_IsSortedAndOfOneLevel) {
  ASSERT_TRUE(files().CreateDirectories("d/sub/deep").ok());
  for (const std::string name : {"10", "9", "a-b", "a", "B"}) Write("d/" + name, name, Life(1));
  Write("d/sub/x", "1234", Life(1));
  EXPECT_EQ(ListText("d"), "10:2 9:1 B:1 a:1 a-b:3 sub/");
  EXPECT_EQ(ListText("d/sub"), "deep/ x:4");
  EXPECT_EQ(ListText("nothing"), "(not found)");
  EXPECT_EQ(ListText("d/9"), "(not found)");
}

TEST_P(FileSystemConformanceTest, Exists_OfFilesDirectoriesAndNothing) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  Write("d/f", "", Life(1));
  EXPECT_TRUE(files().Exists("").value());
  EXPECT_TRUE(files().Exists("d").value());
  EXPECT_TRUE(files().Exists("d/f").value());
  EXPECT_FALSE(files().Exists("d/g").value());
  EXPECT_FALSE(files().Exists("e/g").value());
  EXPECT_FALSE(files().Exists("d/f/g").value());
}

TEST_P(FileSystemConformanceTest, Remove_TakesOneFile) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  Write("d/f", "x", Life(1));
  EXPECT_EQ(files().Remove("d").code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(files().Remove("d/f").ok());
  EXPECT_EQ(files().Remove("d/f").code(), StatusCode::kNotFound);
  EXPECT_EQ(files().Remove("e/f").code(), StatusCode::kNotFound);
  EXPECT_EQ(ListText("d"), "");
  Write("d/f", "again", Life(1));
  EXPECT_EQ(ReadAll("d/f"), "again");
}

TEST_P(FileSystemConformanceTest, RemoveDirectory_TakesEverythingBelow) {
  ASSERT_TRUE(files().CreateDirectories("d/a/b").ok());
  ASSERT_TRUE(files().CreateDirectories("d-other").ok());
  Write("d/f", "x", Life(1));
  Write("d/a/b/f", "x", Life(1));
  ASSERT_TRUE(files().Seal("d/a", Life(2)).ok());
  EXPECT_TRUE(files().RemoveDirectory("d").ok());
  EXPECT_TRUE(files().RemoveDirectory("d").ok());
  EXPECT_EQ(ListText(""), "d-other/");
  Write("f", "x", Life(1));
  EXPECT_EQ(files().RemoveDirectory("f").code(), StatusCode::kNotFound);
}

TEST_P(FileSystemConformanceTest, ReadWholeFile_HasALimit) {
  Write("f", "0123456789", Life(1));
  EXPECT_EQ(ReadWholeFile(files(), "f", 10).value(), "0123456789");
  EXPECT_EQ(ReadWholeFile(files(), "f", 9).status().code(), StatusCode::kCorruption);
  EXPECT_EQ(ReadWholeFile(files(), "g", 9).status().code(), StatusCode::kNotFound);
}

TEST_P(FileSystemConformanceTest, Seal_FencesTheWriterOfALowerIncarnation) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  auto file = files().Create("d/log", Life(1));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("synced").ok());
  ASSERT_TRUE((*file)->Sync().ok());
  EXPECT_EQ(LengthsText(other_process().Seal("d", Life(2))), "log:6");
  (void)(*file)->Append("late");  // May be refused already.
  EXPECT_EQ((*file)->Sync().code(), StatusCode::kFenced);
  EXPECT_EQ((*file)->Sync().code(), StatusCode::kFenced);
  EXPECT_EQ((*file)->Append("later").status().code(), StatusCode::kFenced);
  EXPECT_EQ(ReadAll("d/log"), "synced");
}

TEST_P(FileSystemConformanceTest, Seal_WithoutNewBytes_StillFencesSync) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  auto file = files().Create("d/log", Life(1));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(other_process().Seal("d", Life(2)).ok());
  EXPECT_EQ((*file)->Sync().code(), StatusCode::kFenced);
}

TEST_P(FileSystemConformanceTest, Seal_CountsUnsyncedBytesOrNot_ButReadersSeeThatLength) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  auto file = files().Create("d/log", Life(1));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("synced").ok());
  ASSERT_TRUE((*file)->Sync().ok());
  ASSERT_TRUE((*file)->Append("open").ok());
  const auto reader = files().Open("d/log");
  ASSERT_TRUE(reader.ok());
  const auto lengths = other_process().Seal("d", Life(2));
  ASSERT_TRUE(lengths.ok());
  ASSERT_EQ(lengths->size(), 1u);
  const uint64_t length = lengths->front().length_bytes;
  EXPECT_GE(length, 6u);
  EXPECT_LE(length, 10u);
  (void)(*file)->Append("after the seal");
  char buffer[64];
  EXPECT_EQ((*reader)->Length().value(), length);
  EXPECT_EQ((*reader)->Read(0, sizeof(buffer), buffer).value(), length);
  EXPECT_EQ((*reader)->Read(length, sizeof(buffer), buffer).value(), 0u);
  EXPECT_EQ(ReadAll("d/log").size(), length);
  EXPECT_EQ(ListText("d"), "log:" + std::to_string(length));
}

TEST_P(FileSystemConformanceTest, Seal_LetsTheSameAndHigherIncarnationsCreate) {
  ASSERT_TRUE(files().CreateDirectories("d/sub").ok());
  ASSERT_TRUE(files().Seal("d", Life(5)).ok());
  EXPECT_EQ(files().Create("d/a", Life(4)).status().code(), StatusCode::kFenced);
  EXPECT_EQ(other_process().Create("d/sub/a", Life(4)).status().code(), StatusCode::kFenced);
  EXPECT_FALSE(files().Exists("d/a").value());
  Write("d/a", "by the new owner", Life(5));
  Write("d/sub/a", "by a later one", Life(6));
  EXPECT_EQ(ReadAll("d/a"), "by the new owner");
}

TEST_P(FileSystemConformanceTest, Seal_ComparesTermBeforeCounter) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  ASSERT_TRUE(files().Seal("d", Incarnation(FencingNumber{.term = 2, .counter = 1})).ok());
  const auto old_term = files().Create("d/a", Incarnation(FencingNumber{.term = 1, .counter = 99}));
  EXPECT_EQ(old_term.status().code(), StatusCode::kFenced);
  Write("d/a", "", Incarnation(FencingNumber{.term = 3, .counter = 0}));
}

TEST_P(FileSystemConformanceTest, Seal_IsRepeatableAndReturnsTheFirstLengths) {
  ASSERT_TRUE(files().CreateDirectories("d/sub").ok());
  Write("d/a", "123", Life(1));
  Write("d/sub/b", "12345", Life(1));
  EXPECT_EQ(LengthsText(files().Seal("d", Life(2))), "a:3 sub/b:5");
  Write("d/c", "1", Life(2));
  EXPECT_EQ(LengthsText(other_process().Seal("d", Life(2))), "a:3 sub/b:5");
  EXPECT_EQ(LengthsText(files().Seal("d", Life(1))), "a:3 sub/b:5");
  EXPECT_EQ(LengthsText(files().Seal("d", Life(3))), "a:3 c:1 sub/b:5");
  EXPECT_EQ(files().Create("d/e", Life(2)).status().code(), StatusCode::kFenced);
}

TEST_P(FileSystemConformanceTest, Seal_ClosesEveryFileThatIsThere) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  auto file = files().Create("d/log", Life(7));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("abc").ok());
  EXPECT_EQ(LengthsText(other_process().Seal("d", Life(3))), "log:3");
  (void)(*file)->Append("def");
  EXPECT_EQ((*file)->Sync().code(), StatusCode::kFenced);
  EXPECT_EQ(ReadAll("d/log"), "abc");
}

TEST_P(FileSystemConformanceTest, Seal_OfTheRootAndOfADirectoryBelow) {
  ASSERT_TRUE(files().CreateDirectories("d/sub").ok());
  ASSERT_TRUE(files().CreateDirectories("e").ok());
  auto in_sub = files().Create("d/sub/log", Life(1));
  auto in_e = files().Create("e/log", Life(1));
  ASSERT_TRUE(in_sub.ok() && in_e.ok());
  EXPECT_EQ(LengthsText(files().Seal("d/sub", Life(2))), "log:0");
  EXPECT_EQ((*in_sub)->Sync().code(), StatusCode::kFenced);
  EXPECT_TRUE((*in_e)->Sync().ok());
  EXPECT_EQ(LengthsText(files().Seal("", Life(2))), "d/sub/log:0 e/log:0");
  EXPECT_EQ((*in_e)->Sync().code(), StatusCode::kFenced);
}

TEST_P(FileSystemConformanceTest, Seal_OfNothingIsNotFound_MarksAreNotListed) {
  EXPECT_EQ(files().Seal("d", Life(2)).status().code(), StatusCode::kNotFound);
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  EXPECT_EQ(LengthsText(files().Seal("d", Life(2))), "");
  EXPECT_EQ(ListText("d"), "");
  EXPECT_EQ(ListText(""), "d/");
}

TEST_P(FileSystemConformanceTest, Seal_AfterRemovalOfASealedFile_StillNamesIt) {
  ASSERT_TRUE(files().CreateDirectories("d").ok());
  Write("d/a", "123", Life(1));
  ASSERT_TRUE(files().Seal("d", Life(2)).ok());
  EXPECT_TRUE(files().Remove("d/a").ok());
  EXPECT_EQ(LengthsText(files().Seal("d", Life(2))), "a:3");
}

}  // namespace
}  // namespace cellar::common
