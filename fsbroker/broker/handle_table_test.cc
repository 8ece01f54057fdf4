#include "fsbroker/broker/handle_table.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/check.h"
#include "common/file/memory_file_system.h"
#include "common/time/manual_clock.h"

namespace cellar::fsbroker {
namespace {

const Incarnation kLife(FencingNumber{.term = 1, .counter = 1});

class HandleTableTest : public ::testing::Test {
 protected:
  HandleTableTest() {
    for (const char* name : {"a", "b", "c", "d"}) CHECK(files_.Create(name, kLife).ok());
    table_.Attach("one");
    table_.Attach("two");
  }

  int64_t Open(const std::string& session, const std::string& path) {
    OpenFileSlot slot = table_.TakeSlot().value();
    return table_.AddReader(session, std::make_shared<OpenReader>(files_.Open(path).value(), std::move(slot)));
  }
  Result<int64_t> Create(const std::string& session, const std::string& token) {
    const std::optional<int64_t> before = table_.BeginCreate(session, token);
    if (before) return *before;
    Result<OpenFileSlot> slot = table_.TakeSlot();
    if (!slot.ok()) {
      table_.EndCreate(session, token, nullptr);
      return slot.status();
    }
    auto file = files_.Create("made-" + std::to_string(++made_count_), kLife).value();
    return table_.EndCreate(session, token, std::make_shared<OpenWriter>(std::move(file), std::move(slot).value()));
  }

  common::ManualClock clock_;
  common::MemoryFileSystem files_;
  int made_count_ = 0;
  HandleTable table_{{.max_open_files = 3, .lease = 10 * kSecond}, clock_};
};

TEST_F(HandleTableTest, HandlesAreOfOneSession) {
  const int64_t reader = Open("one", "a");
  const int64_t writer = Create("one", "t").value();
  EXPECT_NE(reader, writer);
  EXPECT_NE(table_.FindReader("one", reader), nullptr);
  EXPECT_EQ(table_.FindReader("two", reader), nullptr);
  EXPECT_EQ(table_.FindReader("none", reader), nullptr);
  EXPECT_NE(table_.FindWriter("one", writer), nullptr);
  EXPECT_EQ(table_.FindWriter("two", writer), nullptr);
  EXPECT_EQ(table_.FindWriter("one", reader), nullptr);
  table_.Close("two", {reader, writer});
  EXPECT_EQ(table_.open_count(), 2u);
  table_.Close("one", {reader, writer, 99});
  EXPECT_EQ(table_.open_count(), 0u);
  EXPECT_EQ(table_.FindReader("one", reader), nullptr);
}

TEST_F(HandleTableTest, AtTheBound_TheLeastUsedReaderGivesWay) {
  const int64_t a = Open("one", "a");
  const int64_t b = Open("two", "b");
  const int64_t c = Open("one", "c");
  EXPECT_NE(table_.FindReader("one", a), nullptr);  // Now b is the one that was not used for longest.
  const int64_t d = Open("one", "d");
  EXPECT_EQ(table_.FindReader("two", b), nullptr);
  for (const int64_t kept : {a, c, d}) EXPECT_NE(table_.FindReader("one", kept), nullptr);
  EXPECT_EQ(table_.open_count(), 3u);
}

TEST_F(HandleTableTest, AtTheBound_AReaderInUseDoesNotGiveWay) {
  const int64_t a = Open("one", "a");
  const int64_t b = Open("one", "b");
  Open("one", "c");
  const auto in_use = table_.FindReader("one", a);
  table_.FindReader("one", b);
  Open("one", "d");
  EXPECT_NE(table_.FindReader("one", a), nullptr);
  EXPECT_NE(table_.FindReader("one", b), nullptr);
}

TEST_F(HandleTableTest, AtTheBound_WritersAreNeverLetGo) {
  for (const char* token : {"1", "2", "3"}) ASSERT_TRUE(Create("one", token).ok());
  EXPECT_EQ(table_.TakeSlot().status().code(), StatusCode::kBusy);
  EXPECT_EQ(Create("two", "4").status().code(), StatusCode::kBusy);
  EXPECT_EQ(table_.open_count(), 3u);
}

TEST_F(HandleTableTest, TheSameToken_IsTheSameFile_WhileItIsOpen) {
  const int64_t file = Create("one", "t").value();
  EXPECT_EQ(Create("one", "t").value(), file);
  EXPECT_NE(Create("two", "t").value(), file);  // Another session's token.
  EXPECT_EQ(made_count_, 2);
  table_.Close("one", {file});
  EXPECT_NE(Create("one", "t").value(), file);
}

TEST_F(HandleTableTest, ASecondCreateOfAToken_WaitsForTheFirst) {
  ASSERT_FALSE(table_.BeginCreate("one", "t").has_value());
  std::optional<int64_t> second;
  std::jthread waiting([&] { second = table_.BeginCreate("one", "t"); });
  auto file = std::make_shared<OpenWriter>(files_.Create("made", kLife).value(), table_.TakeSlot().value());
  const int64_t first = table_.EndCreate("one", "t", std::move(file));
  waiting.join();
  EXPECT_EQ(second, first);
}

TEST_F(HandleTableTest, ACreateThatFailed_MayBeTriedAgain) {
  ASSERT_FALSE(table_.BeginCreate("one", "t").has_value());
  table_.EndCreate("one", "t", nullptr);
  EXPECT_FALSE(table_.BeginCreate("one", "t").has_value());
  table_.EndCreate("one", "t", nullptr);
}

TEST_F(HandleTableTest, ARemove_IsRememberedByItsToken) {
  ASSERT_FALSE(table_.BeginRemove("one", "t").has_value());
  table_.EndRemove("one", "t", common::NotFound("f"));
  EXPECT_EQ(table_.BeginRemove("one", "t"), common::NotFound("f"));
  for (int i = 0; i < 64; ++i) {
    ASSERT_FALSE(table_.BeginRemove("one", std::to_string(i)).has_value());
    table_.EndRemove("one", std::to_string(i), Status());
  }
  EXPECT_EQ(table_.BeginRemove("one", "63"), Status());
  EXPECT_FALSE(table_.BeginRemove("one", "t").has_value());  // Too long ago.
}

TEST_F(HandleTableTest, Handles_OutliveTheLastConnectionByTheLease) {
  const int64_t reader = Open("one", "a");
  const int64_t writer = Create("one", "t").value();
  table_.Attach("one");
  table_.Detach("one");
  clock_.Advance(20 * kSecond);
  table_.Sweep();
  EXPECT_NE(table_.FindWriter("one", writer), nullptr);  // One connection is left.
  table_.Detach("one");
  clock_.Advance(10 * kSecond - 1);
  table_.Sweep();
  EXPECT_NE(table_.FindWriter("one", writer), nullptr);
  EXPECT_NE(table_.FindReader("one", reader), nullptr);
  table_.Attach("one");
  clock_.Advance(kSecond);
  table_.Sweep();
  EXPECT_NE(table_.FindWriter("one", writer), nullptr);  // It came back in time.
  table_.Detach("one");
  clock_.Advance(10 * kSecond);
  table_.Sweep();
  EXPECT_EQ(table_.FindWriter("one", writer), nullptr);
  EXPECT_EQ(table_.open_count(), 0u);
  EXPECT_EQ(table_.session_count(), 1u);
}

TEST_F(HandleTableTest, ASessionThatHoldsNothing_GoesAtOnce) {
  table_.Detach("one");
  EXPECT_EQ(table_.session_count(), 1u);
}

TEST_F(HandleTableTest, AppendOfTheSameBytesAgain_AddsNothing) {
  const auto writer = table_.FindWriter("one", Create("one", "t").value());
  EXPECT_TRUE(writer->Append(0, "abc", false).ok());
  EXPECT_TRUE(writer->Append(0, "abc", true).ok());
  EXPECT_TRUE(writer->Append(3, "de", false).ok());
  EXPECT_TRUE(writer->Append(3, "de", false).ok());
  EXPECT_TRUE(writer->Append(5, "", true).ok());
  EXPECT_EQ(writer->Append(0, "abc", false).code(), StatusCode::kInvalidArgument);  // Too long ago.
  EXPECT_EQ(writer->Append(4, "e", false).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(writer->Append(6, "x", false).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(writer->Append(6, "", true).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadWholeFile(files_, "made-1", 100).value(), "abcde");
}

}  // namespace
}  // namespace cellar::fsbroker
