#include "hql/executor/interpreter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/time/manual_clock.h"
#include "hql/error_codes.h"
#include "hql/executor/guid.h"
#include "hql/executor/memory_database.h"
#include "hql/executor/path.h"
#include "hql/load/memory_files.h"
#include "hql/parser.h"
#include "tests/support/golden_cases.h"

namespace cellar::hql {
namespace {

/// Everything as text.
class TextSink final : public AnswerSink {
 public:
  Status Lines(std::string_view lines) override {
    text += std::string(lines) + "\n";
    return Status();
  }
  Status Cell(const CellFormat& format, const model::CellView& cell, std::string_view family) override {
    AppendCellLine(format, cell, family, &text);
    if (++cell_count == stop_after) return common::IoError("nobody reads on");
    if (on_cell) on_cell();
    return Status();
  }
  void Notice(std::string_view notice) override { text += "-- " + std::string(notice) + "\n"; }
  void Progress(const LoadProgress& progress) override { last_progress = progress; }
  void Progress(const RebuildProgress& progress) override { last_rebuild = progress; }

  std::string text;
  uint64_t cell_count = 0;
  uint64_t stop_after = 0;
  std::function<void()> on_cell;
  LoadProgress last_progress;
  RebuildProgress last_rebuild;
};

class InterpreterTest : public testing::Test {
 protected:
  InterpreterTest()
      : clock_(1'700'000'000 * kSecond), database_(clock_), random_(5), session_(database_, files_, random_) {
    setenv("TZ", "UTC", 1);
    files_.contents["multi.tsv"] = "#row\turl:a\treferer\thits\nm1\tx\tNULL\t7\nm2\ty\nm3\tz\tw\t+1\n";
    files_.contents["unknown.tsv"] = "#row\tcolumn\tvalue\nu\turl\t1\nu\tnix:x\t2\nu\turl:b\t3\n";
    files_.contents["stops.tsv"] = "#row\tcolumn\tvalue\ns\thits\t1\ns\thits\tmany\ns\thits\t1\n";
    files_.contents["schema.xml"] =
        "<Schema>\n<AccessGroup name=\"default\"><ColumnFamily><Name>a</Name><AccessGroup>default</AccessGroup>"
        "<Options><MaxVersions>2</MaxVersions></Options></ColumnFamily>\n"
        "<ColumnFamily><Name>b</Name></ColumnFamily></AccessGroup></Schema>";
    files_.contents["old.xml"] =
        "<Schema generation=\"3\" compressor=\"lzo\"><AccessGroup name=\"hot\" inMemory=\"true\" blksz=\"4096\">"
        "<ColumnFamily id=\"1\"><Name>a</Name><MaxVersions>5</MaxVersions><deleted>false</deleted></ColumnFamily>"
        "<ColumnFamily id=\"2\"><Name>x</Name><deleted>true</deleted></ColumnFamily></AccessGroup></Schema>";
    files_.contents["wrong.xml"] = "<Schema>\n<AccessGroup/>\n</Schema>";
    files_.contents["header.txt"] = "#key,url\n";
    files_.contents["headless.csv"] = "h,1\n";
    client::QueryInfo query;
    query.id = "rs1_17";
    query.table = "/test/visits";
    query.peer = "127.0.0.1:1234";
    query.age = 1'500 * kMillisecond;
    query.cells = 12;
    query.bytes = 345;
    database_.queries = {query};
    client::MaintenanceInfo task;
    task.server = "rs1";
    task.kind = "major";
    task.running = true;
    database_.tasks = {task, task};
    database_.health.level = client::ClusterHealth::Level::kOk;
  }

  Result<StatementOutcome> Execute(const std::string& text, AnswerSink& sink) {
    const Result<Statement> statement = ParseStatement(text);
    if (!statement.ok()) return statement.status();
    return session_.Execute(*statement, sink);
  }

  std::string Answer(const std::string& text) {
    if (text.starts_with("FILE ")) return files_.contents[text.substr(5)];
    TextSink sink;
    clock_.Advance(1'000);
    const Result<StatementOutcome> outcome = Execute(text, sink);
    if (outcome.ok()) return sink.text.empty() ? "ok" : sink.text;
    return sink.text + fmt::format("error {:#x}: {}", outcome.status().detail(), outcome.status().message());
  }

  common::ManualClock clock_;
  MemoryDatabase database_;
  MemoryFiles files_;
  SeededRandom random_;
  Interpreter session_;
};

TEST_F(InterpreterTest, Session_AsGolden) {
  EXPECT_TRUE(tests::MatchesGoldenCases("testdata/session.golden", [this](const std::string& s) { return Answer(s); }));
}

TEST_F(InterpreterTest, SinkThatFails_EndsTheScan) {
  Answer("CREATE TABLE t (a)");
  Answer("INSERT INTO t VALUES ('1', 'a', ''), ('2', 'a', ''), ('3', 'a', '')");
  TextSink sink;
  sink.stop_after = 2;
  const auto outcome = Execute("SELECT * FROM t", sink);
  EXPECT_EQ(outcome.status().code(), StatusCode::kIoError);
  EXPECT_EQ(sink.cell_count, 2u);
}

TEST_F(InterpreterTest, Cancel_EndsTheStatementAndNotTheSession) {
  Answer("CREATE TABLE t (a)");
  Answer("INSERT INTO t VALUES ('1', 'a', ''), ('2', 'a', ''), ('3', 'a', '')");
  TextSink sink;
  sink.on_cell = [this] { session_.Cancel(); };
  const auto outcome = Execute("SELECT * FROM t", sink);
  EXPECT_EQ(outcome.status().code(), StatusCode::kCancelled);
  EXPECT_EQ(sink.cell_count, 1u);
  EXPECT_EQ(Answer("SELECT a FROM t KEYS_ONLY"), "1\n2\n3\n");
}

TEST_F(InterpreterTest, Cancel_EndsCallsThatWait) {
  session_.Cancel();
  EXPECT_EQ(database_.cancelled_calls, 1);
}

TEST_F(InterpreterTest, SilentServers_AreNamedBesideWhatTheOthersSay) {
  database_.silent = {client::SilentServer{"rs2", common::Unavailable("no answer")}};
  EXPECT_THAT(Answer("SHOW QUERIES"), testing::AllOf(testing::HasSubstr("rs1_17\t/test/visits"),
                                                     testing::HasSubstr("warning: rs2 does not answer")));
  EXPECT_THAT(Answer("SHOW MAINTENANCE"),
              testing::AllOf(testing::HasSubstr("rs1\t"), testing::HasSubstr("warning: rs2 does not answer")));
}

TEST_F(InterpreterTest, WaitForMaintenance_NamesTheSilentOnce_AndWaitsForTheOthers) {
  database_.silent = {client::SilentServer{"rs2", common::Unavailable("no answer")}};
  database_.tasks.resize(3);
  EXPECT_EQ(Answer("WAIT FOR MAINTENANCE"),
            "-- warning: rs2 does not answer, what it does is not waited for: unavailable: no answer\n");
  EXPECT_TRUE(database_.tasks.empty());
}

/// A table whose writer gives up `unknown` of the cells and has the rest acknowledged, but for one.
class UnansweredTable final : public DatabaseTable {
 public:
  explicit UnansweredTable(std::unique_ptr<DatabaseTable> table) : table_(std::move(table)) {}

  const model::Schema& schema() const override { return table_->schema(); }
  std::unique_ptr<CellWriter> NewWriter(std::optional<model::Durability>) override;
  Result<std::shared_ptr<CellScanner>> NewScanner(model::ScanSpec spec, bool) override {
    return table_->NewScanner(std::move(spec));
  }
  Result<client::Explanation> Explain(model::ScanSpec spec) override { return table_->Explain(std::move(spec)); }
  Result<client::RowMutationOutcome> Mutate(const client::RowMutation&) override {
    return common::Cancelled("the wait was ended");
  }

 private:
  const std::unique_ptr<DatabaseTable> table_;
};

class UnansweredWriter final : public CellWriter {
 public:
  Status Set(const model::CellView&) override {
    ++counts_.set;
    return Status();
  }
  Status Flush() override {
    counts_.acknowledged = counts_.set - 3;
    counts_.unknown = 2;
    return common::Cancelled("the writing was ended");
  }
  void Cancel() override {}
  client::MutatorCounts counts() const override { return counts_; }

 private:
  client::MutatorCounts counts_;
};

std::unique_ptr<CellWriter> UnansweredTable::NewWriter(std::optional<model::Durability>) {
  return std::make_unique<UnansweredWriter>();
}

class UnansweredDatabase final : public MemoryDatabase {
 public:
  using MemoryDatabase::MemoryDatabase;
  Result<std::unique_ptr<DatabaseTable>> OpenTable(std::string_view path) override {
    if (path == "/unopened") return common::Cancelled("the wait was ended");
    ASSIGN_OR_RETURN(std::unique_ptr<DatabaseTable> table, MemoryDatabase::OpenTable(path));
    return std::unique_ptr<DatabaseTable>(std::make_unique<UnansweredTable>(std::move(table)));
  }
};

TEST_F(InterpreterTest, StatementsEndedWhileTheyWrite_SayWhatIsKnown) {
  UnansweredDatabase database(clock_);
  Interpreter session(database, files_, random_);
  TextSink sink;
  const auto error_of = [&](const std::string& text) {
    return session.Execute(*ParseStatement(text), sink).status().ToString();
  };
  ASSERT_EQ(error_of("CREATE TABLE t (a, url, referer, hits)"), "ok");
  const std::string unknown =
      "; of 2 cells more the outcome is unknown: on their way to servers that did not answer, they may have been "
      "written, "
      "or may still be; 1 cell not sent";
  EXPECT_EQ(error_of("INSERT INTO t VALUES ('1', 'a', ''), ('2', 'a', ''), ('3', 'a', ''), ('4', 'a', '')"),
            "cancelled: the statement was interrupted: 1 cell of 4 acknowledged" + unknown);
  EXPECT_EQ(error_of("DELETE a, url, referer FROM t WHERE ROW = 'r'"),
            "cancelled: the statement was interrupted: 0 cells of 3 acknowledged" + unknown);
  EXPECT_EQ(error_of("LOAD DATA INFILE 'multi.tsv' INTO TABLE t"),
            "cancelled: multi.tsv: line 4: the statement was interrupted: 2 cells of 5 acknowledged" + unknown);
  EXPECT_EQ(error_of("INSERT INTO unopened VALUES ('1', 'a', '')"),
            "cancelled: the statement was interrupted before it did anything");
  EXPECT_EQ(
      error_of("UPDATE t SET a = 'x' WHERE ROW = 'r'"),
      "cancelled: the statement was interrupted before its server answered: whether the row was changed is unknown, "
      "and it may still be");
}

TEST_F(InterpreterTest, Scan_CountsCellsAndBytes) {
  Answer("CREATE TABLE t (ab)");
  Answer("INSERT INTO t VALUES ('row', 'ab:q', 'value'), ('row2', 'ab', '')");
  TextSink sink;
  const auto outcome = Execute("SELECT * FROM t", sink);
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome->is_scan);
  EXPECT_EQ(outcome->cell_count, 2u);
  EXPECT_EQ(outcome->key_bytes, 3u + 2 + 1 + 4 + 2);
  EXPECT_EQ(outcome->value_bytes, 5u);
}

TEST_F(InterpreterTest, Load_TellsProgressAndStats) {
  Answer("CREATE TABLE t (url, referer, hits)");
  TextSink sink;
  const auto outcome = Execute("LOAD DATA INFILE 'multi.tsv' INTO TABLE t", sink);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->load->skipped_line_count, 1u);
  EXPECT_EQ(outcome->cell_count, 5u);
  EXPECT_EQ(sink.last_progress.bytes_read, files_.contents["multi.tsv"].size());
  EXPECT_EQ(sink.last_progress.total_bytes, files_.contents["multi.tsv"].size());
}

TEST_F(InterpreterTest, Rebuild_TellsProgress) {
  Answer("CREATE TABLE t (a, INDEX a)");
  Answer("INSERT INTO t VALUES ('1', 'a', ''), ('2', 'a', '')");
  TextSink sink;
  ASSERT_TRUE(Execute("REBUILD INDICES t", sink).ok());
  EXPECT_EQ(sink.last_rebuild.cell_count, 2u);
  EXPECT_FALSE(sink.last_rebuild.share.has_value()) << "no cell is in a file";
}

TEST_F(InterpreterTest, Status_GivesTheLevel) {
  database_.health.level = client::ClusterHealth::Level::kWarning;
  database_.health.problems = {"disk of rs1 is full", "rs2 is slow"};
  TextSink sink;
  const auto outcome = Execute("STATUS", sink);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->health, client::ClusterHealth::Level::kWarning);
  EXPECT_EQ(sink.text, "Cellar WARNING - disk of rs1 is full; rs2 is slow\n");
}

TEST_F(InterpreterTest, FixedNamespace_RefusesUse) {
  InterpreterOptions options;
  options.may_use = false;
  Interpreter session(database_, files_, random_, options);
  TextSink sink;
  const auto outcome = session.Execute(*ParseStatement("USE '/'"), sink);
  EXPECT_EQ(outcome.status().detail(), kBadNamespace);
}

TEST(PathTest, Names_AreCanonical) {
  EXPECT_EQ(ResolvePath("/", "a"), "/a");
  EXPECT_EQ(ResolvePath("/a/b", "c"), "/a/b/c");
  EXPECT_EQ(ResolvePath("/a", "/c"), "/c");
  EXPECT_EQ(ResolvePath("/a", "//c/ d //"), "/c/d");
  EXPECT_EQ(ResolvePath("/a", "/"), "/");
  EXPECT_EQ(ResolvePath("/a", " "), "/a");
  EXPECT_EQ(ResolvePath("/", ""), "/");
}

TEST(GuidTest, HasTheFormOfVersion4) {
  SeededRandom random(1);
  for (int i = 0; i < 100; ++i) {
    const std::string guid = NewGuid(random);
    ASSERT_EQ(guid.size(), 36u);
    EXPECT_EQ(guid[14], '4');
    EXPECT_NE(std::string("89ab").find(guid[19]), std::string::npos) << guid;
  }
}

}  // namespace
}  // namespace cellar::hql
