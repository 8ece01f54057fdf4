#include "rangeserver/range/write_window.h"

#include <gtest/gtest.h>

#include "storage/commitlog/section.h"

namespace cellar::rangeserver {
namespace {

using model::SequenceNumber;
using model::SessionId;

storage::Section SectionOf(const storage::LoggedRange& range, int64_t session, int64_t sequence, Nanos expires_at,
                           std::string_view result = "") {
  storage::Section section;
  section.range = &range;
  section.base = model::Revision{sequence * 10};
  section.revision_count = 1;
  section.session = SessionId{session};
  section.sequence = SequenceNumber{sequence};
  section.expires_at = expires_at;
  section.result = result;
  return section;
}

bool Seen(const WriteWindow& window, int64_t session, int64_t sequence, std::string_view row = "a") {
  return window.Find(SessionId{session}, SequenceNumber{sequence}, row) != nullptr;
}

TEST(WriteWindowTest, ConsecutiveSequences_AreOneEntry) {
  const storage::LoggedRange range;
  WriteWindow window;
  for (const int64_t sequence : {1, 2, 3, 5, 6}) window.Record(SectionOf(range, 1, sequence, 100));
  EXPECT_EQ(window.entry_count(), 2u);
  for (const int64_t sequence : {1, 2, 3, 5, 6}) EXPECT_TRUE(Seen(window, 1, sequence));
  for (const int64_t sequence : {0, 4, 7}) EXPECT_FALSE(Seen(window, 1, sequence));
  EXPECT_FALSE(Seen(window, 2, 1));
  window.Record(SectionOf(range, 1, 5, 100));  // Replayed twice.
  EXPECT_EQ(window.entry_count(), 2u);
}

TEST(WriteWindowTest, Results_AreKeptOneByOne) {
  const storage::LoggedRange range;
  WriteWindow window;
  window.Record(SectionOf(range, 1, 1, 100));
  window.Record(SectionOf(range, 1, 2, 100, "second"));
  window.Record(SectionOf(range, 1, 3, 100));
  EXPECT_EQ(window.entry_count(), 3u);
  EXPECT_EQ(window.Find(SessionId{1}, SequenceNumber{2}, "a")->result, "second");
  EXPECT_EQ(window.Find(SessionId{1}, SequenceNumber{2}, "a")->base, model::Revision{20});
}

TEST(WriteWindowTest, AfterAMerge_TheRowDecides) {
  storage::LoggedRange lower;
  lower.end_row = "m";
  storage::LoggedRange upper;
  upper.start_row = "m";
  WriteWindow window;
  window.Record(SectionOf(lower, 1, 17, 100));
  EXPECT_TRUE(Seen(window, 1, 17, "b"));
  EXPECT_FALSE(Seen(window, 1, 17, "y"));
  window.Record(SectionOf(upper, 1, 17, 100));
  window.Record(SectionOf(upper, 1, 18, 100));
  EXPECT_TRUE(Seen(window, 1, 17, "b"));
  EXPECT_TRUE(Seen(window, 1, 17, "y"));
  EXPECT_FALSE(Seen(window, 1, 18, "b"));
  EXPECT_TRUE(Seen(window, 1, 18, "y"));
}

storage::Section SettlingSectionOf(const storage::LoggedRange& range, int64_t session, int64_t sequence,
                                   Nanos expires_at) {
  storage::Section section = SectionOf(range, session, sequence, expires_at, "result");
  section.flags |= storage::kSectionSettles;
  return section;
}

TEST(WriteWindowTest, SessionThatSettles_TakesOneEntry_HoweverMuchItWrites) {
  const storage::LoggedRange range;
  WriteWindow window;
  for (int64_t sequence = 3; sequence < 300'000; sequence += 3) {
    ASSERT_TRUE(window.CheckRoom(SessionId{1}, 5).ok());
    window.Record(SettlingSectionOf(range, 1, sequence, sequence == 3 ? 100 : 90));
  }
  EXPECT_EQ(window.entry_count(), 1u);
  EXPECT_TRUE(Seen(window, 1, 1)) << "what comes late of an earlier number does nothing";
  EXPECT_TRUE(Seen(window, 1, 299'997));
  EXPECT_FALSE(Seen(window, 1, 299'998));
  EXPECT_EQ(window.Find(SessionId{1}, SequenceNumber{299'997}, "a")->base, model::Revision{2'999'970});
  EXPECT_EQ(window.Entries(95).size(), 1u) << "it lives as long as the longest of those that it stands for";
  window.Expire(101);
  EXPECT_EQ(window.entry_count(), 0u);
  EXPECT_TRUE(window.Entries(0).empty());
}

TEST(WriteWindowTest, SettledEntries_SplitsReplaysAndRestarts) {
  storage::LoggedRange whole;
  storage::LoggedRange lower;
  lower.end_row = "m";
  WriteWindow window;
  window.Record(SettlingSectionOf(whole, 1, 4, 100));
  window.Record(SettlingSectionOf(lower, 1, 6, 100));
  window.Record(SettlingSectionOf(lower, 1, 6, 100));  // Replayed twice.
  EXPECT_EQ(window.entry_count(), 1u);
  window.Record(SettlingSectionOf(whole, 1, 4, 100));  // Behind a later one.
  const WriteWindow copy(window.Entries(0));
  for (const WriteWindow* one : {&std::as_const(window), &copy}) {
    for (const int64_t sequence : {1, 4, 5, 6}) EXPECT_TRUE(Seen(*one, 1, sequence)) << sequence;
    EXPECT_FALSE(Seen(*one, 1, 7));
  }
}

TEST(WriteWindowTest, EntriesAndConstructor_RoundTrip) {
  const storage::LoggedRange range;
  WriteWindow window;
  window.Record(SectionOf(range, 1, 1, 100));
  window.Record(SectionOf(range, 2, 5, 50));
  EXPECT_EQ(window.Entries(50).size(), 2u);
  EXPECT_EQ(window.Entries(51).size(), 1u);
  const WriteWindow copy(window.Entries(0));
  EXPECT_TRUE(Seen(copy, 1, 1));
  EXPECT_TRUE(Seen(copy, 2, 5));
}

TEST(WriteWindowTest, Expire_Forgets) {
  const storage::LoggedRange range;
  WriteWindow window;
  for (const int64_t sequence : {1, 3, 5}) window.Record(SectionOf(range, 1, sequence, 10 * sequence));
  window.Expire(40);
  EXPECT_FALSE(Seen(window, 1, 1));
  EXPECT_FALSE(Seen(window, 1, 3));
  EXPECT_TRUE(Seen(window, 1, 5));
  window.Expire(60);
  EXPECT_EQ(window.entry_count(), 0u);
}

TEST(WriteWindowTest, EntriesWithLongRows_FillItByTheirBytes_SoThatAManifestHoldsThem) {
  storage::LoggedRange range;
  range.end_row = std::string(60'000, 'r');
  WriteWindow window;
  for (int64_t i = 0; window.CheckRoom(SessionId{1}, 5).ok(); ++i) window.Record(SectionOf(range, 1, 2 * i, 100));
  EXPECT_EQ(window.CheckRoom(SessionId{1}, 5).code(), StatusCode::kBusy);
  EXPECT_LT(window.entry_count(), 200u);
  model::Manifest manifest;
  manifest.window = window.Entries(5);
  EXPECT_TRUE(model::Manifest::Decode(manifest.Encode()).ok());
  EXPECT_TRUE(window.CheckRoom(SessionId{1}, 101).ok());
}

TEST(WriteWindowTest, FullWindow_IsBusyUntilSomethingExpires) {
  const storage::LoggedRange range;
  WriteWindow window;
  for (size_t i = 0; i < WriteWindow::kMaxSessions; ++i)
    window.Record(SectionOf(range, static_cast<int64_t>(i), 1, i == 0 ? 10 : 100));
  EXPECT_TRUE(window.CheckRoom(SessionId{3}, 5).ok());
  EXPECT_EQ(window.CheckRoom(SessionId{-1}, 5).code(), StatusCode::kBusy);
  EXPECT_TRUE(window.CheckRoom(SessionId{-1}, 11).ok());
  for (size_t i = 0; window.entry_count() < WriteWindow::kMaxEntries; ++i)
    window.Record(SectionOf(range, 3, static_cast<int64_t>(10 + 2 * i), 100));
  EXPECT_EQ(window.CheckRoom(SessionId{3}, 12).code(), StatusCode::kBusy);
}

}  // namespace
}  // namespace cellar::rangeserver
