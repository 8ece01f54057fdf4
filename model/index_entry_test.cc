#include "model/index_entry.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/random/random.h"
#include "model/regex.h"

namespace cellar::model {
namespace {

using Value = ColumnPredicate::Value;

CellView CellOf(std::string_view row, std::string_view qualifier, std::string_view value, uint8_t family = 7) {
  CellView cell;
  cell.key.row = row;
  cell.key.family = FamilyId{family};
  cell.key.qualifier = qualifier;
  cell.value = value;
  return cell;
}

bool IsFound(IndexKind kind, const ColumnPredicate& predicate, const CellView& cell) {
  const IndexEntry entry = EntryOf(kind, cell);
  const EntryPlaces places = PlacesOf(kind, cell.key.family, predicate);
  if (places.column_prefix && entry.row == *places.column_prefix + std::string(cell.key.row)) return true;
  return std::any_of(places.intervals.begin(), places.intervals.end(),
                     [&entry](const RowInterval& interval) { return interval.Contains(entry.row); });
}

TEST(IndexEntryTest, ShortForm_IsReadable) {
  const CellView cell = CellOf("row\t1", "q\tq", std::string_view("a\nb\0\\", 5));
  EXPECT_EQ(EntryOf(IndexKind::kValue, cell).row, "7,a\\nb\\0\\\\\tq\\tq\trow\t1");
  EXPECT_EQ(EntryOf(IndexKind::kQualifier, cell).row, "7,q\\tq\trow\t1");
  EXPECT_EQ(EntryOf(IndexKind::kValue, cell).qualifier, "");
}

TEST(IndexEntryTest, LongForm_KeepsTheRowInTheQualifier) {
  const std::string value(2000, 'v');
  const std::string row(3000, 'r');
  const IndexEntry entry = EntryOf(IndexKind::kValue, CellOf(row, "q", value));
  EXPECT_EQ(entry.row, "7," + std::string(1024, 'v') + "\n" + entry.row.substr(entry.row.size() - 8));
  EXPECT_EQ(entry.qualifier, row);
  const auto hint = ReadEntry(IndexKind::kValue, entry.row, entry.qualifier);
  ASSERT_TRUE(hint);
  EXPECT_EQ(hint->row, row);
  EXPECT_FALSE(hint->value);
}

TEST(IndexEntryTest, WhatIsNoEntry_IsNotRead) {
  for (const IndexKind kind : kIndexKinds) {
    for (const char* row :
         {"", "7", "7,", "x,a\tb\tc", "0,a\tb\tc", "256,a\tb\tc", "7,a", "7,a\t", "7,\\x\tq\tr", "7,a\n"})
      EXPECT_FALSE(ReadEntry(kind, row, "")) << row;
    EXPECT_FALSE(ReadEntry(kind, "7,a\tb\tc", "qualifier"));
  }
  EXPECT_FALSE(ReadEntry(IndexKind::kValue, "7,a\trow", ""));
}

TEST(IndexEntryTest, RegexWithoutLiteralBeginning_AsksForTheWholeFamily) {
  const auto intervals_of = [](const std::string& expression) {
    return PlacesOf(IndexKind::kValue, FamilyId{7}, ColumnPredicate("f", {}, Value::kRegex, expression)).intervals;
  };
  const auto whole = std::vector<RowInterval>{RowInterval::Prefix("7,")};
  for (const char* expression : {"", "abc", "^", "^.a", "^(a)", "^a|b", "^a*", "^a?b", "(?i)^abc", "^\\d", "^\\Qab"})
    EXPECT_EQ(intervals_of(expression), whole) << expression;
  EXPECT_EQ(intervals_of("^abc"), std::vector<RowInterval>{RowInterval::Prefix("7,abc")});
  EXPECT_EQ(intervals_of("^ab+c"), std::vector<RowInterval>{RowInterval::Prefix("7,a")});
  EXPECT_EQ(intervals_of("^a\\.b.*"), std::vector<RowInterval>{RowInterval::Prefix("7,a.b")});
}

/// Bytes that like to meet the escapes and the bounds of both forms.
std::string RandomText(Random& random) {
  constexpr std::string_view kBytes("ab\t\n\0\\\xff,.", 9);
  const size_t sizes[] = {0, 1, 2, 3, 1020, 1023, 1024, 1025, 2040, 4070, 4100};
  const size_t size = sizes[random.Uniform(random.OneIn(4) ? 11 : 4)];
  std::string text;
  const bool plain = random.OneIn(2);
  while (text.size() < size) text.push_back(plain ? 'a' : kBytes[random.Uniform(kBytes.size())]);
  return text;
}

TEST(IndexEntryTest, EveryCell_IsFoundByWhatItMatches_AndReadBack) {
  common::SeededRandom random(11);
  size_t long_count = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string row = RandomText(random) + "r";
    const std::string qualifier = RandomText(random);
    const std::string value = RandomText(random);
    const CellView cell = CellOf(row, qualifier, value, static_cast<uint8_t>(1 + random.Uniform(254)));
    const size_t cut = random.Uniform(value.size() + 1);
    const size_t qualifier_cut = random.Uniform(qualifier.size() + 1);
    const QualifierMatch qualifiers[] = {
        QualifierMatch(), QualifierMatch(QualifierMatch::Kind::kExact, qualifier),
        QualifierMatch(QualifierMatch::Kind::kPrefix, qualifier.substr(0, qualifier_cut)),
        QualifierMatch(QualifierMatch::Kind::kRegex, "a*")};
    for (const QualifierMatch& match : qualifiers) {
      ASSERT_TRUE(IsFound(IndexKind::kValue, ColumnPredicate("f", match, Value::kExact, value), cell));
      ASSERT_TRUE(IsFound(IndexKind::kValue, ColumnPredicate("f", match, Value::kPrefix, value.substr(0, cut)), cell));
      ASSERT_TRUE(IsFound(IndexKind::kQualifier, ColumnPredicate("f", match, Value::kExists, ""), cell));
    }
    ASSERT_FALSE(IsFound(IndexKind::kValue, ColumnPredicate("f", {}, Value::kPrefix, "c" + value), cell));
    for (const IndexKind kind : kIndexKinds) {
      const IndexEntry entry = EntryOf(kind, cell);
      ASSERT_TRUE(CheckRow(entry.row).ok());
      const auto hint = ReadEntry(kind, entry.row, entry.qualifier);
      ASSERT_TRUE(hint);
      ASSERT_EQ(hint->family, cell.key.family);
      ASSERT_EQ(hint->row, row);
      if (hint->value) ASSERT_EQ(*hint->value, value);
      if (hint->qualifier) ASSERT_EQ(*hint->qualifier, qualifier);
      long_count += entry.qualifier.empty() ? 0 : 1;
    }
  }
  EXPECT_GT(long_count, 1000u);
}

TEST(IndexEntryTest, LiteralBeginnings_AreBelievedOnlyWhenTheyHold) {
  common::SeededRandom random(12);
  constexpr std::string_view kBytes("ab^.*+?\\()[]|{}1$");
  int matches = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string expression = "^";
    for (uint64_t j = 0; j < random.Uniform(6); ++j) expression.push_back(kBytes[random.Uniform(kBytes.size())]);
    const auto regex = Regex::Compile(expression);
    if (!regex.ok()) continue;
    std::string value;
    for (uint64_t j = 0; j < random.Uniform(5); ++j) value.push_back("ab.1"[random.Uniform(4)]);
    if (!regex->Matches(value)) continue;
    ++matches;
    ASSERT_TRUE(IsFound(IndexKind::kValue, ColumnPredicate("f", {}, Value::kRegex, expression), CellOf("r", "", value)))
        << expression << " " << value;
  }
  EXPECT_GT(matches, 3000);
}

}  // namespace
}  // namespace cellar::model
