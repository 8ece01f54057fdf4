#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "hql/executor/client_database.h"
#include "hql/lexer.h"
#include "tests/cluster/in_process_cluster.h"
#include "tests/hql/golden_session.h"
#include "tests/hql/where_world.h"
#include "tests/support/golden_cases.h"
#include "tests/support/temporary_folder.h"

namespace cellar::tests {
namespace {

/// One Cellar for all tests of the program: it takes longest to start.
class GoldenClusterTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_.emplace("hql");
    auto cluster = InProcessCluster::Start(std::getenv("MINI_CLUSTER_EXECUTABLE"), folder_->path());
    ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
    cluster_ = std::move(*cluster);
    client::ClientOptions options;
    options.lock_service_url = cluster_->url();
    auto client = client::Client::Connect(options);
    ASSERT_TRUE(client.ok()) << client.status().ToString();
    client_ = std::move(*client);
    database_ = hql::NewClientDatabase(*client_);
  }

  static void TearDownTestSuite() {
    database_.reset();
    client_.reset();
    cluster_.reset();
    folder_.reset();
  }

  /// Everything that is only in memory goes to files.
  static void CompactEverything() {
    constexpr int kUserRanges = 8;
    const Result<int> compacted = client_->CompactRanges(kUserRanges, client::CompactionType::kMajor, /*wait=*/true);
    ASSERT_TRUE(compacted.ok()) << compacted.status().ToString();
  }

  static std::optional<TemporaryFolder> folder_;
  static std::unique_ptr<InProcessCluster> cluster_;
  static std::unique_ptr<client::Client> client_;
  static std::unique_ptr<hql::Database> database_;
};

std::optional<TemporaryFolder> GoldenClusterTest::folder_;
std::unique_ptr<InProcessCluster> GoldenClusterTest::cluster_;
std::unique_ptr<client::Client> GoldenClusterTest::client_;
std::unique_ptr<hql::Database> GoldenClusterTest::database_;

TEST_F(GoldenClusterTest, EveryFile_AnswersAsWritten) {
  for (const std::string& file : GoldenFiles()) {
    GoldenSession session(*database_);
    const Status entered = session.Enter(NamespaceOf(file));
    ASSERT_TRUE(entered.ok()) << entered.ToString();
    EXPECT_TRUE(MatchesGoldenCases(file, [&session](const std::string& input) { return session.Answer(input); }));
  }
}

TEST_F(GoldenClusterTest, Where_AnswersAsLookingAtEveryCell) {
  constexpr int kTables = 4;
  constexpr int kQuestions = 40;
  GoldenSession session(*database_);
  ASSERT_TRUE(session.Enter("where_random").ok());
  for (uint64_t seed = 1; seed <= kTables; ++seed) {
    common::SeededRandom random(seed);
    WhereWorld world(random);
    for (const std::string& statement : world.MakeTable()) ASSERT_EQ(session.Answer(statement), "ok") << statement;
    if (seed % 2 == 0) CompactEverything();
    for (int i = 0; i < kQuestions; ++i) {
      const WhereQuestion question = world.Ask();
      ASSERT_EQ(session.Answer(question.statement), question.answer) << "seed " << seed << ": " << question.statement;
    }
  }
}

// ---- what runs

TEST_F(GoldenClusterTest, Explain_CountsFilesAndBlocks_AndAnalyzeWhatWasRead) {
  GoldenSession session(*database_);
  ASSERT_TRUE(session.Enter("explain").ok());
  session.Answer("CREATE TABLE t (a, b, ACCESS GROUP g (b)) BLOCKSIZE 1000 COMPRESSOR 'none'");
  for (int i = 0; i < 50; ++i) {
    session.Answer("INSERT INTO t VALUES ('row" + std::to_string(100 + i) + "', 'a', '" + std::string(400, 'x') + "')");
  }
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM t"), testing::HasSubstr("access group default: 1 cache in memory, "
                                                                            "0 of 0 files, 0 of 0 blocks, 0 bytes"));
  CompactEverything();
  const std::string whole = session.Answer("EXPLAIN ANALYZE SELECT * FROM t");
  EXPECT_THAT(whole, testing::HasSubstr("index: none\nrange "));
  EXPECT_THAT(whole, testing::HasSubstr(" on rs1\n  access group default: 0 caches in memory, 1 of 1 file, "));
  EXPECT_THAT(whole, testing::HasSubstr("given: 50 cells"));
  const std::string row = session.Answer("EXPLAIN ANALYZE SELECT a FROM t WHERE ROW = 'row110'");
  EXPECT_THAT(row, testing::ContainsRegex("to read: 1 range: 1 of 1 file, 1 of [0-9]+ blocks"));
  EXPECT_THAT(row, testing::HasSubstr("read: 1 block, 1 of them from the cache"));
  EXPECT_THAT(session.Answer("EXPLAIN SELECT a FROM t WHERE ROW = 'row110x'"),
              testing::HasSubstr(": its filter excludes the row"));
  EXPECT_THAT(session.Answer("EXPLAIN SELECT a FROM t WHERE ROW > 'z'"), testing::HasSubstr(": has none of the rows"));
}

/// How many lines there are, and the sum of their last fields.
std::pair<size_t, uint64_t> CountAndSum(const std::string& answer) {
  std::istringstream lines(answer);
  size_t count = 0;
  uint64_t sum = 0;
  for (std::string line; std::getline(lines, line); ++count) sum += std::stoull(line.substr(line.rfind('\t') + 1));
  return {count, sum};
}

TEST_F(GoldenClusterTest, CellStoreIndex_TellsOfEachBlock) {
  GoldenSession session(*database_);
  ASSERT_TRUE(session.Enter("blocks").ok());
  session.Answer("CREATE TABLE t (a, b, ACCESS GROUP g (b)) BLOCKSIZE 1000 COMPRESSOR 'none'");
  for (int i = 0; i < 50; ++i) {
    session.Answer("INSERT INTO t VALUES ('row" + std::to_string(100 + i) + "', 'a', '" + std::string(400, 'x') + "')");
  }
  EXPECT_EQ(session.Answer("SELECT * FROM t^.cellstore.index"), "ok") << "nothing is in a file yet";
  CompactEverything();
  const auto [blocks, cells] = CountAndSum(session.Answer("SELECT KeyCount FROM t^.cellstore.index"));
  EXPECT_GT(blocks, 20U);
  EXPECT_EQ(cells, 50U);
  const auto [sizes, bytes] = CountAndSum(session.Answer("SELECT Size FROM t^.cellstore.index"));
  EXPECT_EQ(sizes, blocks);
  EXPECT_GT(bytes, 50U * 400);
  constexpr uint64_t kFrameHeader = 16;
  const std::string stored = session.Answer("SELECT CompressedSize FROM t^.cellstore.index");
  EXPECT_EQ(CountAndSum(stored).second, bytes + blocks * kFrameHeader) << "none is compressed";
  EXPECT_THAT(stored, testing::StartsWith("row100\tCompressedSize:tables/"));
  EXPECT_EQ(CountAndSum(session.Answer("SELECT Size FROM t^.cellstore.index WHERE ROW < 'row120' LIMIT 3")).first, 3U);
  EXPECT_EQ(session.Answer("SELECT * FROM t^.cellstore.index WHERE ROW > 'row149'"), "ok");
  session.Answer("DUMP PSEUDO TABLE t^.cellstore.index INTO FILE 'blocks.tsv'");
  const std::string& dumped = session.files().contents["blocks.tsv"];
  EXPECT_THAT(dumped, testing::StartsWith("#row\tcolumn\tvalue\nrow100\tSize:tables/"));
  EXPECT_EQ(std::count(dumped.begin(), dumped.end(), '\n'), 1 + 3 * static_cast<int64_t>(blocks));
  EXPECT_THAT(session.Answer("SELECT a FROM t WHERE ROW = 'row100'"), testing::StartsWith("row100\ta\tx"));
}

TEST_F(GoldenClusterTest, Explain_SaysWhichIndexesFindTheRows) {
  using testing::HasSubstr;
  GoldenSession session(*database_);
  ASSERT_TRUE(session.Enter("explain_index").ok());
  session.Answer("CREATE TABLE t (a, b, plain, INDEX a, QUALIFIER INDEX b) BLOCKSIZE 1000 COMPRESSOR 'none'");
  for (int i = 0; i < 200; ++i) {
    const std::string row = "'row" + std::to_string(1000 + i) + "'";
    session.Answer("INSERT INTO t VALUES (" + row + ", 'a:x', 'v" + std::to_string(i) + "'), (" + row + ", 'plain', '" +
                   std::string(400, 'x') + "')");
  }
  session.Answer("INSERT INTO t VALUES ('row1007', 'b:seen', '')");
  CompactEverything();
  const std::string one = session.Answer("EXPLAIN ANALYZE SELECT plain FROM t WHERE a = 'v7'");
  EXPECT_THAT(one, HasSubstr("index: VALUE INDEX a\nrange "));
  EXPECT_THAT(one, HasSubstr("to read of VALUE INDEX a: 1 range: 1 of 1 file, "));
  EXPECT_THAT(one, HasSubstr("to read, of rows that the index leads to, at most: 1 range: 1 of 1 file, "));
  EXPECT_THAT(one, testing::ContainsRegex("\nread: [1-5] blocks?, ")) << "of the index's file and of the table's";
  EXPECT_THAT(one, HasSubstr("given: 1 cell,"));
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM t WHERE a =^ 'v1' AND EXISTS(b:seen)"),
              HasSubstr("index: VALUE INDEX a AND QUALIFIER INDEX b\n"));
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM t WHERE a = 'v1' OR EXISTS(b:seen)"),
              HasSubstr("index: VALUE INDEX a OR QUALIFIER INDEX b\n"));
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM t WHERE a = 'v1' OR plain = 'x'"), HasSubstr("index: none\n"));
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM t WHERE plain = 'x'"), HasSubstr("index: none\n"));
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM t WHERE a = 'v1' AND ROW = 'row1001'"), HasSubstr("index: none\n"));
  session.Answer("ALTER TABLE t ADD (INDEX plain)");
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM t WHERE plain =^ 'x'"), HasSubstr("index: none\n"))
      << "not yet built";
  session.Answer("CREATE TABLE like_t LIKE t");
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM like_t WHERE plain =^ 'x'"),
              HasSubstr("index: VALUE INDEX plain\n"))
      << "there is nothing that it could lack";
  session.Answer("REBUILD INDICES t");
  EXPECT_THAT(session.Answer("EXPLAIN SELECT * FROM t WHERE plain =^ 'x'"), HasSubstr("index: VALUE INDEX plain\n"));
}

TEST_F(GoldenClusterTest, IndexTables_AreReadAndNotWritten) {
  GoldenSession session(*database_);
  ASSERT_TRUE(session.Enter("index_tables").ok());
  session.Answer("CREATE TABLE t (a, b, INDEX a, QUALIFIER INDEX b)");
  session.Answer("INSERT INTO t VALUES ('r', 'a:q', 'v\\nw'), ('r', 'b:p', 'x')");
  EXPECT_EQ(session.Answer("SELECT * FROM '^t'"), "1,v\\\\nw\\tq\\tr\tv1\t\n");
  EXPECT_EQ(session.Answer("SELECT * FROM '^^t'"), "2,p\\tr\tv1\t\n");
  EXPECT_THAT(session.Answer("INSERT INTO '^t' VALUES ('r', 'v1', '')"), testing::HasSubstr("error 35: "));
  EXPECT_THAT(session.Answer("DELETE * FROM '^t' WHERE ROW = 'r'"), testing::HasSubstr("error 35: "));
  EXPECT_THAT(session.Answer("UPDATE '^t' SET v1 = '' WHERE ROW = 'r'"), testing::HasSubstr("error 35: "));
  EXPECT_THAT(session.Answer("ALTER TABLE '^t' ADD (b)"), testing::HasSubstr("error 35: "));
  EXPECT_THAT(session.Answer("DROP TABLE '^t'"), testing::HasSubstr("error 35: "));
}

TEST_F(GoldenClusterTest, AnIndexThatFindsMoreThanAClientKeeps_IsReadWithoutWriting) {
  constexpr int kRows = 10'000;
  constexpr size_t kRowBytes = 2'000;  // a row that was found is kept with its entry: more than 32 MB for all
  GoldenSession session(*database_);
  ASSERT_TRUE(session.Enter("index_read_only").ok());
  ASSERT_EQ(session.Answer("CREATE TABLE t (a, b, INDEX a)"), "ok");
  std::string lines = "#row\tcolumn\tvalue\n";
  std::string rows;
  for (int i = 0; i < kRows; ++i) {
    const std::string row = std::to_string(100'000 + i) + std::string(kRowBytes, 'r');
    lines += row + "\ta\tred\n";
    rows += row + "\n";
  }
  session.files().contents["rows.tsv"] = std::move(lines);
  ASSERT_EQ(session.Answer("LOAD DATA INFILE 'rows.tsv' INTO TABLE t"), "-- 10000 cells from 10000 lines\n");
  ASSERT_THAT(session.Answer("EXPLAIN SELECT * FROM t WHERE a = 'red'"), testing::HasSubstr("index: VALUE INDEX a\n"));
  ASSERT_EQ(session.Answer("SET READONLY=true"), "ok");
  EXPECT_TRUE(session.Answer("SELECT * FROM t WHERE a = 'red' KEYS_ONLY") == rows);
  EXPECT_TRUE(session.Answer("SELECT * FROM t WHERE a =^ 'r' LIMIT 1 OFFSET 9999 KEYS_ONLY") ==
              rows.substr(rows.size() - rows.size() / kRows));
  EXPECT_EQ(session.Answer("USE '/tmp'"), "ok");
  EXPECT_EQ(session.Answer("GET LISTING"), "ok") << "nothing is put aside in tables";
  EXPECT_EQ(session.Answer("SET READONLY=false"), "ok");
}

/// The first word of the line that names `table`; empty when none does.
std::string QueryOn(const std::string& listing, const std::string& table) {
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("\t" + table + "\t") != std::string::npos) return line.substr(0, line.find('\t'));
  }
  return "";
}

TEST_F(GoldenClusterTest, AQueryThatRuns_IsListedAndKilled) {
  GoldenSession session(*database_);
  ASSERT_TRUE(session.Enter("kill").ok());
  session.Answer("CREATE TABLE t (a)");
  const std::string value(1 << 20, 'x');
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(session.Answer("INSERT INTO t VALUES ('" + std::to_string(i) + "', 'a', '" + value + "')"), "ok");
  }
  auto table = client_->OpenTable("/kill/t");
  ASSERT_TRUE(table.ok());
  auto scanner = (*table)->NewScanner(model::ScanSpec());
  ASSERT_TRUE(scanner.ok());
  model::CellView cell;
  ASSERT_TRUE((*scanner)->Next(&cell));
  const std::string id = QueryOn(session.Answer("SHOW QUERIES"), "/kill/t");
  ASSERT_NE(id, "");
  EXPECT_EQ(session.Answer("KILL " + id), "ok");
  EXPECT_EQ(QueryOn(session.Answer("SHOW QUERIES"), "/kill/t"), "");
  int cells = 1;
  while ((*scanner)->Next(&cell)) ++cells;
  EXPECT_EQ((*scanner)->status().code(), StatusCode::kCancelled);
  EXPECT_LT(cells, 40);
  EXPECT_THAT(session.Answer("KILL " + id), testing::HasSubstr("no query '" + id + "' runs"));
}

// ---- dump, load, dump

std::string EveryByte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  return bytes;
}

/// Cells of every kind: all byte values in row, qualifier and value, versions, empty and long values, counters,
/// deletes.
std::vector<std::string> FillStatements() {
  std::vector<std::string> statements;
  const auto insert = [&](const std::string& time, const std::string& row, const std::string& column,
                          const std::string& value) {
    statements.push_back("INSERT INTO t VALUES (" + time + hql::QuoteString(row) + ", " + hql::QuoteString(column) +
                         ", " + hql::QuoteString(value) + ")");
  };
  const std::string all = EveryByte();
  insert("", all, "plain:" + all, all);
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    insert("", "row" + one, "plain:" + one, one + "value" + one);
    insert("'2001-01-01Z', ", "times" + one, "oldest:" + one, one);
  }
  for (const char* time : {"'2001-01-01Z', ", "'2001-01-02Z', ", "'2001-01-03 12:00:00:000000001Z', "}) {
    insert(time, "versions", "plain", time);
    insert(time, "versions", "oldest", time);
    insert(time, "versions", "two", time);
  }
  for (const std::string value : {"", "NULL", "\\N", "DELETE", "#", "\t", "\n"}) {
    insert("", "special" + value + "x", "plain:" + value, value);
  }
  insert("", "long", "plain:compressible", std::string(300'000, 'x'));
  for (const char* value : {"5", "+7", "-3"}) insert("", "counter", "hits:q", value);
  insert("", "counter", "hits", "=9");
  insert("", "deleted", "plain", "gone");
  statements.emplace_back("DELETE * FROM t WHERE ROW = 'deleted'");
  insert("", "half", "plain:a", "gone");
  insert("", "half", "plain:b", "stays");
  statements.emplace_back("DELETE plain:a FROM t WHERE ROW = 'half'");
  return statements;
}

TEST_F(GoldenClusterTest, WhatIsDumped_LoadsAndDumpsTheSame_WithEveryCompressor) {
  GoldenSession session(*database_);
  ASSERT_TRUE(session.Enter("dump_load").ok());
  const std::vector<std::string> fill = FillStatements();
  for (const std::string compressor : {"none", "snappy", "lz4", "zlib --best", "zstd --level 3", "bmz", "quicklz"}) {
    SCOPED_TRACE(compressor);
    session.Answer("DROP TABLE IF EXISTS t");
    session.Answer("DROP TABLE IF EXISTS u");
    session.Answer(
        "CREATE TABLE t (plain, oldest TIME_ORDER DESC, two MAX_VERSIONS 2, hits COUNTER, "
        "ACCESS GROUP g (oldest, hits)) COMPRESSOR '" +
        compressor + "'");
    for (const std::string& statement : fill) ASSERT_EQ(session.Answer(statement), "ok") << statement;
    CompactEverything();
    ASSERT_EQ(session.Answer("DUMP TABLE t INTO FILE 'first'"), "ok");
    session.Answer("CREATE TABLE u LIKE t");
    const std::string loaded = session.Answer("LOAD DATA INFILE 'first' INTO TABLE u");
    EXPECT_EQ(loaded.find("error"), std::string::npos) << loaded;
    EXPECT_EQ(loaded.find("skipped"), std::string::npos) << loaded;
    CompactEverything();
    ASSERT_EQ(session.Answer("DUMP TABLE u INTO FILE 'second'"), "ok");
    EXPECT_GT(session.files().contents["first"].size(), 300'000u);
    EXPECT_TRUE(session.files().contents["first"] == session.files().contents["second"])
        << session.files().contents["first"].size() << " bytes, then " << session.files().contents["second"].size();
  }
}

}  // namespace
}  // namespace cellar::tests
