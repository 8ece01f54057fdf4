#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "common/random/random.h"
#include "hql/error_codes.h"
#include "hql/parser.h"
#include "hql/shell/error_text.h"
#include "hql/shell/local_files.h"
#include "hql/shell/meta_command.h"
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
  EXPECT_EQ(Pointed("SELECT * FORM t"), "  SELECT * FORM t\n           ^");
  EXPECT_EQ(Pointed("SELECT * FORM t", 7, 30), "  SELECT * FORM t\n           ^");
  EXPECT_EQ(Pointed("SELECT 'ä',\n\tb FORM t", 7, 30), "   b FORM t\n     ^");
  EXPECT_EQ(Pointed("USE"), "  USE\n     ^");
}

TEST(ErrorTextTest, LongLines_AreCutAroundThePlace) {
  const std::string shown = Pointed("SELECT " + std::string(500, 'a') + " b");
  EXPECT_LT(shown.size(), 250u);
  const std::string long_tail = Pointed("SELECT a b " + std::string(500, 'c'));
  EXPECT_TRUE(long_tail.starts_with("  SELECT a b ccc"));
  EXPECT_TRUE(long_tail.ends_with("…\n           ^"));
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
