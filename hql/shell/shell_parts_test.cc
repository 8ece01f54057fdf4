#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/random/random.h"
#include "hql/error_codes.h"
#include "hql/files/local_files.h"
#include "hql/parser.h"
#include "hql/shell/error_text.h"
#include "hql/shell/meta_command.h"
#include "hql/shell/shell_settings.h"
#include "hql/shell/statistics_text.h"
#include "hql/shell/system_command.h"
#include "hql/shell/text_output.h"

namespace cellar::hql {
namespace {

// ---- Commands to the shell

TEST(MetaCommandTest, EachSpelling) {
  using Kind = MetaCommand::Kind;
  const std::tuple<std::string, Kind, std::string> cases[] = {
      {"help", Kind::kHelp, ""},
      {"  HELP create table ;", Kind::kHelp, "create table"},
      {"\\h", Kind::kHelp, ""},
      {"?", Kind::kHelp, ""},
      {"?select", Kind::kHelp, "select"},
      {"quit;", Kind::kQuit, ""},
      {"\\q", Kind::kQuit, ""},
      {"exit 3", Kind::kQuit, "3"},
      {"\\p", Kind::kPrint, ""},
      {"clear", Kind::kClear, ""},
      {"source 'a b.hql';", Kind::kSource, "'a b.hql'"},
      {". x", Kind::kSource, "x"},
      {"\\! ls -l; date", Kind::kSystem, "ls -l; date"},
      {"pause 2", Kind::kPause, "2"},
      {"\\?", Kind::kCommands, ""},
      {"\\format csv;", Kind::kFormat, "csv"},
      {"\\TIMING on", Kind::kTiming, "on"},
      {"\\pager", Kind::kPager, ""},
  };
  for (const auto& [line, kind, argument] : cases) {
    const auto command = ParseMetaCommand(line);
    ASSERT_TRUE(command.has_value()) << line;
    EXPECT_EQ(command->kind, kind) << line;
    EXPECT_EQ(command->argument, argument) << line;
  }
}

TEST(MetaCommandTest, Statements_AreNone) {
  for (const char* line : {"SELECT * FROM t", "quit now", "", "  ", "sourcefile x", "helper", "printer"}) {
    EXPECT_FALSE(ParseMetaCommand(line).has_value()) << line;
  }
}

TEST(MetaCommandTest, InsideAStatement_OnlyThoseAlone) {
  EXPECT_TRUE(ParseMetaCommandInside("\\c").has_value());
  EXPECT_TRUE(ParseMetaCommandInside(" print").has_value());
  EXPECT_FALSE(ParseMetaCommandInside("help").has_value());
  EXPECT_FALSE(ParseMetaCommandInside("exit 3").has_value());
}

TEST(MetaCommandTest, Completion) {
  using Words = std::vector<std::string>;
  size_t from = 0;
  EXPECT_EQ(CompleteMetaCommand("\\f", &from), Words{"\\format"});
  EXPECT_EQ(from, 0u);
  EXPECT_EQ(CompleteMetaCommand("\\format t", &from), (Words{"table", "tsv"}));
  EXPECT_EQ(from, 8u);
  EXPECT_EQ(CompleteMetaCommand("\\pager ", &from), (Words{"off", "on"}));
  EXPECT_EQ(CompleteMetaCommand("\\nothing ", &from), Words{});
}

TEST(ShellSettingsTest, ChangeAndTell) {
  ShellSettings settings;
  EXPECT_EQ(SetFormat("", &settings).value(), "format: tsv");
  EXPECT_EQ(SetFormat("JSON", &settings).value(), "format: json");
  EXPECT_EQ(settings.format, OutputFormat::kJson);
  EXPECT_FALSE(SetFormat("xml", &settings).ok());
  EXPECT_EQ(SetTiming("off", &settings).value(), "timing: off");
  EXPECT_EQ(settings.timing, false);
  EXPECT_EQ(SetTiming("", &settings).value(), "timing: off");
  EXPECT_FALSE(SetTiming("perhaps", &settings).ok());
  EXPECT_EQ(SetPager("", &settings).value(), "pager: none found; the environment's PAGER names one");
  settings.pager = "less";
  EXPECT_EQ(SetPager("", &settings).value(), "pager: on, less");
  EXPECT_EQ(SetPager("off", &settings).value(), "pager: off");
}

// ---- Numbers for people

TEST(StatisticsTextTest, Timing) {
  StatementOutcome outcome;
  EXPECT_EQ(TimingLine(outcome, 1'500'000), "0.002 s");
  outcome.is_scan = true;
  EXPECT_EQ(TimingLine(outcome, kSecond), "0 cells in 1.000 s");
  outcome.cell_count = 3'000;
  outcome.key_bytes = 30'000;
  outcome.value_bytes = 1'470'000;
  EXPECT_EQ(TimingLine(outcome, kSecond / 2),
            "3,000 cells in 0.500 s; 6,000 cells/s, 3.0 MB/s; on average 10.0 bytes of key, 490.0 of value");
}

TEST(StatisticsTextTest, Progress_WithAndWithoutTotal) {
  LoadProgress progress;
  progress.bytes_read = 12'300'000;
  progress.cell_count = 1'200'000;
  EXPECT_EQ(ProgressLine(progress, 4 * kSecond, 100), "12.3 MB  1,200,000 cells  300,000 cells/s");
  progress.total_bytes = 24'600'000;
  EXPECT_EQ(ProgressLine(progress, 4 * kSecond, 100),
            "[==========>         ]  50 %  12.3 of 24.6 MB  1,200,000 cells  300,000 cells/s  0:04 left");
  EXPECT_EQ(ProgressLine(progress, 4 * kSecond, 10).size(), 10u);
  progress.bytes_read = 24'700'000;  // the file grew
  EXPECT_TRUE(ProgressLine(progress, 4 * kSecond, 100).starts_with("[====================] 100 %"));
}

TEST(StatisticsTextTest, Progress_OfARebuildOfIndexes) {
  RebuildProgress progress;
  progress.cell_count = 1'200'000;
  EXPECT_EQ(ProgressLine(progress, 4 * kSecond, 100), "1,200,000 cells  300,000 cells/s");
  progress.share = 0.0;
  EXPECT_EQ(ProgressLine(progress, 4 * kSecond, 100), "[>                   ]   0 %  1,200,000 cells  300,000 cells/s");
  progress.share = 0.25;
  EXPECT_EQ(ProgressLine(progress, 4 * kSecond, 100),
            "[=====>              ]  25 %  1,200,000 cells  300,000 cells/s  0:12 left");
  EXPECT_EQ(ProgressLine(progress, 4 * kSecond, 10).size(), 10u);
}

TEST(StatisticsTextTest, Progress_OfWritingAndWaiting) {
  EXPECT_EQ(WrittenLine(345'600'000, 12 * kSecond, 100), "345.6 MB written  28.8 MB/s  0:12");
  EXPECT_EQ(WrittenLine(345'600'000, 12 * kSecond, 10), "345.6 MB w");
  EXPECT_EQ(WaitingLine(3'723 * kSecond, 100), "working  1:02:03  Ctrl-C ends it");
}

TEST(StatisticsTextTest, Thousands) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1'000), "1,000");
  EXPECT_EQ(WithThousands(1'234'567), "1,234,567");
}

// ---- Errors

std::string Pointed(const std::string& text, uint32_t line = 1, uint32_t column = 1) {
  SplitStatement statement;
  statement.text = text;
  statement.position.line = line;
  statement.position.column = column;
  ParseError error;
  EXPECT_FALSE(ParseStatement(text, statement.position, &error).ok());
  return PointAt(statement, error);
}

TEST(ErrorTextTest, PointsAtTheToken) {
  EXPECT_EQ(Pointed("SELECT * FORM t"), "  SELECT * FORM t\n           ^~~~");
  EXPECT_EQ(Pointed("SELECT * FORM t", 7, 30), "  SELECT * FORM t\n           ^~~~");
  EXPECT_EQ(Pointed("SELECT 'ä',\n\tb FORM t", 7, 30), "   b FORM t\n     ^~~~");
  EXPECT_EQ(Pointed("USE"), "  USE\n     ^");
}

TEST(ErrorTextTest, LongLines_AreCutAroundThePlace) {
  const std::string shown = Pointed("SELECT " + std::string(500, 'a') + " b");
  EXPECT_LT(shown.size(), 250u);
  const std::string long_tail = Pointed("SELECT a b " + std::string(500, 'c'));
  EXPECT_TRUE(long_tail.starts_with("  SELECT a b ccc"));
  EXPECT_TRUE(long_tail.ends_with("…\n           ^"));
}

TEST(ErrorTextTest, Suggestion_IsOfTheKeywordsExpected) {
  const auto suggested = [](const std::string& text) {
    SplitStatement statement;
    statement.text = text;
    ParseError error;
    EXPECT_FALSE(ParseStatement(text, statement.position, &error).ok());
    return Suggestion(statement, error);
  };
  EXPECT_EQ(suggested("SELECT * FORM t"), " did you mean FROM?");
  EXPECT_EQ(suggested("select * from t limt 3"), " did you mean LIMIT?");
  EXPECT_EQ(suggested("SELCT * FROM t"), " did you mean SELECT?");
  EXPECT_EQ(suggested("SELECT * FROM t MAX_VERSION 1"), " did you mean MAX_VERSIONS?");
  EXPECT_EQ(suggested("SELECT * FROM t nonsense"), "");
  EXPECT_EQ(suggested("SELECT * FROM"), "");
}

TEST(ErrorTextTest, Wrap) {
  EXPECT_EQ(WrapText("aaa bbb ccc ddd", 7), "aaa bbb\n  ccc\n  ddd");
  EXPECT_EQ(WrapText("aaa", 2), "aaa");
  EXPECT_EQ(WrapText("", 2), "");
}

TEST(ErrorTextTest, Codes) {
  EXPECT_EQ(ErrorText(common::NotFound("x").WithDetail(22)), "error 22: x");
  EXPECT_EQ(ErrorText(common::NotFound("x").WithDetail(0x60002)), "error 0x60002: x");
  EXPECT_EQ(ErrorText(common::NotFound("x")), "error: not found: x");
}

// ---- Files

TEST(LocalFilesTest, WhatIsWritten_IsRead) {
  const std::string path = testing::TempDir() + "/local_files_test." + std::to_string(::getpid());
  LocalFiles files(-1);
  {
    const auto sink = files.OpenForWriting(path);
    ASSERT_TRUE(sink.ok()) << sink.status().ToString();
    ASSERT_TRUE((*sink)->Write("hello\n").ok());
    ASSERT_TRUE((*sink)->Finish().ok());
  }
  const auto source = files.OpenForReading(path);
  ASSERT_TRUE(source.ok());
  EXPECT_EQ((*source)->total_bytes(), 6u);
  EXPECT_EQ(ReadAll(**source, 100).value(), "hello\n");
  EXPECT_EQ((*source)->bytes_read(), 6u);
  ::unlink(path.c_str());
}

/// The names in a folder of the test's own, which is made when it is not there.
std::vector<std::string> NamesIn(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string TextOf(const std::filesystem::path& file) {
  std::ifstream input(file);
  return std::string(std::istreambuf_iterator<char>(input), {});
}

class WrittenFileTest : public testing::Test {
 protected:
  WrittenFileTest() { std::filesystem::create_directories(folder_); }
  ~WrittenFileTest() override { std::filesystem::remove_all(folder_); }

  void Put(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  std::unique_ptr<ByteSink> Open(const std::string& name) {
    auto sink = files_.OpenForWriting(folder_ / name);
    EXPECT_TRUE(sink.ok()) << sink.status().ToString();
    return std::move(sink).value();
  }

  const std::filesystem::path folder_ = testing::TempDir() + "/written_file_test." + std::to_string(::getpid());
  LocalFiles files_{-1};
};

TEST_F(WrittenFileTest, OldText_StaysUntilTheNewIsWhole) {
  Put("x", "old");
  std::filesystem::permissions(folder_ / "x", std::filesystem::perms(0600));
  const auto sink = Open("x");
  ASSERT_TRUE(sink->Write("new").ok());
  EXPECT_EQ(TextOf(folder_ / "x"), "old");
  ASSERT_TRUE(sink->Finish().ok());
  EXPECT_EQ(TextOf(folder_ / "x"), "new");
  EXPECT_EQ(std::filesystem::status(folder_ / "x").permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(NamesIn(folder_), std::vector<std::string>{"x"});
  EXPECT_EQ(files_.traffic().bytes_written, 3u);
}

TEST_F(WrittenFileTest, WithoutFinish_NothingIsLeft) {
  ASSERT_TRUE(Open("x")->Write("part").ok());
  EXPECT_EQ(NamesIn(folder_), std::vector<std::string>{});
}

TEST_F(WrittenFileTest, SymbolicLink_StaysOne) {
  Put("x", "old");
  std::filesystem::create_symlink("x", folder_ / "link");
  const auto sink = Open("link");
  ASSERT_TRUE(sink->Write("new").ok());
  ASSERT_TRUE(sink->Finish().ok());
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link"));
  EXPECT_EQ(TextOf(folder_ / "x"), "new");
}

TEST_F(WrittenFileTest, TwoWriters_TheLastOneCounts) {
  const auto first = Open("x");
  const auto second = Open("x");
  ASSERT_TRUE(first->Write("1").ok());
  ASSERT_TRUE(second->Write("2").ok());
  ASSERT_TRUE(second->Finish().ok());
  ASSERT_TRUE(first->Finish().ok());
  EXPECT_EQ(TextOf(folder_ / "x"), "1");
  EXPECT_EQ(NamesIn(folder_), std::vector<std::string>{"x"});
}

TEST(LocalFilesTest, Errors_NameTheFile) {
  LocalFiles files(-1);
  EXPECT_EQ(files.OpenForReading("/nowhere/x").status().detail(), kFileNotFound);
  EXPECT_EQ(files.OpenForReading("/").status().message(), "/: open: Is a directory");
  EXPECT_FALSE(files.OpenForWriting("/nowhere/x").ok());
  EXPECT_FALSE(files.OpenForReading("-").ok());
}

TEST(LocalFilesTest, FullDisk_IsTold) {
  LocalFiles files(-1);
  const auto sink = files.OpenForWriting("/dev/full");
  ASSERT_TRUE(sink.ok());
  const Status written = (*sink)->Write("x");
  EXPECT_EQ(written.code(), StatusCode::kNoSpace) << written.ToString();
}

TEST(LocalFilesTest, Home_IsExpanded) {
  setenv("HOME", "/somewhere", 1);
  EXPECT_EQ(ExpandHome("~/x"), "/somewhere/x");
  EXPECT_EQ(ExpandHome("~x"), "~x");
  EXPECT_EQ(ExpandHome("a~/x"), "a~/x");
}

TEST(TextOutputTest, ClosedPipe_IsBroken) {
  ::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  TextOutput output(ends[1]);
  EXPECT_TRUE(output.Write("x").ok());
  EXPECT_FALSE(output.Flush().ok());
  EXPECT_TRUE(output.broken());
  EXPECT_FALSE(output.Write("y").ok());
  ::close(ends[1]);
}

TEST(SystemCommandTest, GivesTheStatus) {
  EXPECT_EQ(RunSystemCommand("exit 3").value(), 3);
  EXPECT_EQ(RunSystemCommand("true").value(), 0);
  EXPECT_EQ(RunSystemCommand("kill -INT $$").value(), 128 + SIGINT);
}

}  // namespace
}  // namespace cellar::hql
