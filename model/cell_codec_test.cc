#include "model/cell_codec.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/bytes/coding.h"
#include "common/random/random.h"
#include "common/time/clock.h"
#include "tests/support/random_cells.h"

namespace cellar::model {
namespace {

Cell Insert(std::string row, std::string qualifier, int64_t timestamp = kAutomaticTimestamp, std::string value = "v") {
  return Cell(std::move(row), FamilyId{1}, std::move(qualifier), KeyFlag::kInsert, timestamp, Revision{},
              std::move(value));
}

std::string FrameOf(const std::vector<Cell>& cells, const KeyCodec& codec = KeyCodec()) {
  FrameBuilder builder(codec);
  for (const Cell& cell : cells) builder.Add(cell.view());
  return builder.Build();
}

std::string KeyPrefix(const Cell& cell) {
  std::string prefix;
  AppendKeyPrefix(cell.row, cell.family, cell.qualifier, cell.flag, &prefix);
  return prefix;
}

Result<FrameView> Parse(std::string_view frame) {
  return ParseFrame(frame, CellLimits(), KeyCodec());
}

/// What ViewFrame sees without a check is what ParseFrame sees with one.
void ExpectView(std::string_view frame, const FrameView& parsed) {
  const Result<FrameView> view = ViewFrame(frame);
  ASSERT_TRUE(view.ok()) << view.status().ToString();
  EXPECT_EQ(view->sorted, parsed.sorted);
  EXPECT_EQ(view->cell_count, parsed.cell_count);
  EXPECT_EQ(view->ordinal_span, parsed.ordinal_span);
  EXPECT_EQ(view->cells, parsed.cells);
  EXPECT_EQ(view->families, parsed.families);
  ASSERT_EQ(view->rows.size(), parsed.rows.size());
  for (size_t i = 0; i < parsed.rows.size(); ++i) {
    EXPECT_EQ(view->rows[i].escaped_row, parsed.rows[i].escaped_row) << i;
    EXPECT_EQ(view->rows[i].offset, parsed.rows[i].offset) << i;
    EXPECT_EQ(view->rows[i].size, parsed.rows[i].size) << i;
    EXPECT_EQ(view->rows[i].cell_count, parsed.rows[i].cell_count) << i;
  }
}

std::string Hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    char digits[4];
    std::snprintf(digits, sizeof(digits), "%02x ", static_cast<unsigned char>(c));
    text += digits;
  }
  return text;
}

TEST(CellCodecTest, ExampleOfThePage_HasItsBytes) {
  const std::string frame = FrameOf({Insert("row1", "q", 5, "hello"), Insert("row0", "")});
  EXPECT_EQ(Hex(frame),
            "01 01 02 02 "
            "08 01 02 72 6f 77 30 00 01 00 04 76 "
            "09 05 01 05 00 00 00 00 00 00 00 72 6f 77 31 00 01 71 00 04 68 65 6c 6c 6f ");
}

TEST(CellCodecTest, Frame_KeepsCallOrderAsOrdinals) {
  const std::string frame = FrameOf({Insert("b", "x"), Insert("a", "y"), Insert("b", "x"), Insert("a", "x")});
  const Result<FrameView> view = Parse(frame);
  ASSERT_TRUE(view.ok()) << view.status().ToString();
  EXPECT_TRUE(view->sorted);
  EXPECT_EQ(view->cell_count, 4u);
  EXPECT_EQ(view->ordinal_span, 4u);
  ASSERT_EQ(view->rows.size(), 2u);
  EXPECT_EQ(view->rows[0].escaped_row, "a");
  EXPECT_EQ(view->rows[0].cell_count, 2u);
  CellReader reader(view->cells_of(view->rows[1]));
  EncodedCell cell;
  ASSERT_TRUE(reader.Next(&cell));
  EXPECT_EQ(cell.ordinal, 2u);  // Newest first.
  ASSERT_TRUE(reader.Next(&cell));
  EXPECT_EQ(cell.ordinal, 0u);
  EXPECT_FALSE(reader.Next(&cell));
  EXPECT_TRUE(reader.status().ok());
}

TEST(CellCodecTest, ColumnThatMixesAutomaticAndExplicitTime_IsNotSorted) {
  const Result<FrameView> mixed = Parse(FrameOf({Insert("a", "x"), Insert("a", "x", 5), Insert("a", "x")}));
  ASSERT_TRUE(mixed.ok()) << mixed.status().ToString();
  EXPECT_FALSE(mixed->sorted);
  EXPECT_TRUE(Parse(FrameOf({Insert("a", "x"), Insert("a", "y", 5)}))->sorted);
}

TEST(CellCodecTest, RandomFrames_ParseAndSortedOnesAreInKeyOrderForEveryBase) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    tests::RandomCells cells(seed);
    const Schema schema = cells.NewSchema();
    std::vector<Cell> batch;
    for (int i = 0; i < 40; ++i) batch.push_back(cells.NewCell(schema, 1000 * kSecond));
    const auto in_order = static_cast<ptrdiff_t>(seed % 41);  // none, some or all come in the order of keys
    std::sort(batch.begin(), batch.begin() + in_order,
              [](const Cell& a, const Cell& b) { return KeyPrefix(a) < KeyPrefix(b); });
    const std::string frame = FrameOf(batch, schema.key_codec());
    const Result<FrameView> view = ParseFrame(frame, CellLimits(), schema.key_codec());
    ASSERT_TRUE(view.ok()) << view.status().ToString();
    ExpectView(frame, *view);
    size_t extents = 0;
    for (const RowExtent& row : view->rows) extents += row.size;
    EXPECT_EQ(extents, view->cells.size());
    for (const int64_t base : {int64_t{1}, int64_t{1000} * kSecond}) {
      CellReader reader(view->cells);
      EncodedCell encoded;
      std::string previous;
      std::vector<Cell> decoded(batch.size());
      while (reader.Next(&encoded)) {
        std::string key;
        AppendWholeKey(encoded, Revision{base}, schema.key_codec(), &key);
        if (view->sorted) ASSERT_LT(previous, key);
        previous = key;
        ASSERT_TRUE(schema.key_codec().Decode(key, &decoded[encoded.ordinal]).ok());
        decoded[encoded.ordinal].value = std::string(encoded.value);
      }
      for (size_t i = 0; i < batch.size(); ++i)
        EXPECT_EQ(decoded[i], tests::Written(batch[i], Revision{base + static_cast<int64_t>(i)}));
    }
  }
}

TEST(CellCodecTest, CellsInTheOrderOfKeys_AreAFrameLikeThoseThatAreSorted) {
  const std::string nul(1, '\0');
  const std::vector<Cell> ascending = {Insert("a", ""),
                                       Insert("a", "x"),
                                       Insert("a" + nul, ""),
                                       Insert("a" + nul, "y"),
                                       Insert("a" + nul + "b", nul),
                                       Insert("ab", "x" + nul),
                                       Insert("\xFF", "q", 7)};
  for (size_t swapped = 0; swapped < ascending.size(); ++swapped) {  // 0: none is
    std::vector<Cell> cells = ascending;
    if (swapped > 0) std::swap(cells[swapped - 1], cells[swapped]);
    const std::string frame = FrameOf(cells);
    const Result<FrameView> view = Parse(frame);
    ASSERT_TRUE(view.ok()) << view.status().ToString();
    EXPECT_TRUE(view->sorted);
    EXPECT_EQ(view->rows.size(), 5u);
    ExpectView(frame, *view);
    CellReader reader(view->cells);
    EncodedCell cell;
    for (const Cell& expected : ascending) {
      ASSERT_TRUE(reader.Next(&cell));
      EXPECT_EQ(cell.key_prefix, KeyPrefix(expected));
    }
    EXPECT_FALSE(reader.Next(&cell));
  }
}

TEST(CellCodecTest, Builder_IsEmptyAfterBuild) {
  FrameBuilder builder{KeyCodec()};
  for (const char* row : {"b", "a"}) builder.Add(Insert(row, "q").view());
  (void)builder.Build();
  EXPECT_TRUE(builder.empty());
  builder.Add(Insert("a", "q").view());
  EXPECT_EQ(builder.Build(), FrameOf({Insert("a", "q")}));
}

TEST(CellCodecTest, LargeFrames_AreSorted_WhateverTheirRowsHaveInCommon) {
  SeededRandom random(6);
  for (const std::string& common : {std::string(), std::string("user"), std::string("a/long/common/prefix/")}) {
    for (const size_t count : {255, 256, 3000}) {
      std::vector<Cell> cells;
      for (size_t i = 0; i < count; ++i) {
        std::string row = common;
        for (uint64_t length = 1 + random.Uniform(10); length > 0; --length)
          row.push_back(static_cast<char>(random.Uniform(random.OneIn(2) ? 3 : 256)));
        cells.push_back(Insert(std::move(row), random.OneIn(2) ? "q" : ""));
      }
      const std::string frame = FrameOf(cells);
      const Result<FrameView> view = Parse(frame);  // checks the order of what claims to be sorted
      ASSERT_TRUE(view.ok()) << view.status().ToString();
      EXPECT_TRUE(view->sorted);
      EXPECT_EQ(view->cell_count, count);
      CellReader reader(view->cells);
      EncodedCell cell;
      std::vector<bool> seen(count);
      while (reader.Next(&cell)) {
        EXPECT_EQ(RowOfKey(cell.key_prefix), cells[cell.ordinal].row);
        seen[cell.ordinal] = true;
      }
      EXPECT_EQ(std::count(seen.begin(), seen.end(), true), static_cast<ptrdiff_t>(count));
    }
  }
}

TEST(CellCodecTest, ANul_AtAnyPlaceOfRowOrQualifier_IsEscaped) {
  for (size_t size = 1; size <= 80; ++size) {
    for (size_t place = 0; place < size; ++place) {
      std::string text(size, 't');
      text[place] = '\0';
      for (const Cell& cell : {Insert(text, "q"), Insert("r", text), Insert(text, text)}) {
        const std::string frame = FrameOf({Insert("a", ""), cell});  // the place of a cell is its own
        const Result<FrameView> view = Parse(frame);
        ASSERT_TRUE(view.ok()) << view.status().ToString();
        ExpectView(frame, *view);
        CellReader reader(view->cells);
        EncodedCell first;
        EncodedCell second;
        ASSERT_TRUE(reader.Next(&first) && reader.Next(&second));
        const EncodedCell& encoded = first.ordinal == 1 ? first : second;
        ASSERT_EQ(encoded.key_prefix, KeyPrefix(cell)) << size << " " << place;
        ASSERT_EQ(encoded.value, "v");
      }
    }
  }
}

TEST(CellCodecTest, Ordinals_OfOneToFourBytes) {
  constexpr uint32_t kCells = (1 << 20) + 10;  // an ordinal is shifted by one
  FrameBuilder builder{KeyCodec()};
  for (uint32_t i = 0; i < kCells; ++i) {
    const std::string row = std::to_string(10'000'000 + i / 3);
    const std::string qualifier(1, static_cast<char>('a' + i % 3));
    builder.Add(Insert(row, qualifier).view());
  }
  const std::string frame = builder.Build();
  const Result<FrameView> view = Parse(frame);
  ASSERT_TRUE(view.ok()) << view.status().ToString();
  ExpectView(frame, *view);
  CellReader reader(view->cells);
  EncodedCell cell;
  uint32_t count = 0;
  while (reader.Next(&cell)) ASSERT_EQ(cell.ordinal, count++);
  EXPECT_EQ(count, kCells);
}

TEST(CellCodecTest, NumbersThatAreLongerThanNeeded_AreRefused) {
  const std::string key = KeyPrefix(Insert("a", "x"));
  ASSERT_EQ(key.size(), 6u);
  for (const std::string& size : {std::string("\x06"), std::string("\x86\x00", 2), std::string("\x86\x80\x00", 3),
                                  std::string("\x86\x80\x80\x00", 4)}) {
    const bool is_shortest = size.size() == 1;
    EncodedCell cell;
    for (const std::string& bytes :
         {size + "\x01" + '\0' + key + "v", std::string("\x01", 1) + size + '\0' + "kvvvvvv"}) {
      EXPECT_EQ(CellReader(bytes).Next(&cell), is_shortest) << Hex(bytes);
    }
  }
}

TEST(CellCodecTest, DamagedFrames_AreRefusedOrHarmless) {
  common::SeededRandom random(3);
  tests::RandomCells cells(3);
  const Schema schema = cells.NewSchema();
  std::vector<Cell> batch;
  for (int i = 0; i < 10; ++i) batch.push_back(cells.NewCell(schema, 1000 * kSecond));
  const std::string frame = FrameOf(batch, schema.key_codec());
  for (size_t size = 0; size < frame.size(); ++size) EXPECT_FALSE(Parse(std::string_view(frame).substr(0, size)).ok());
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = frame;
    for (uint64_t j = 0; j <= random.Uniform(3); ++j)
      damaged[random.Uniform(damaged.size())] = static_cast<char>(random.Next());
    const Result<FrameView> view = ParseFrame(damaged, CellLimits(), schema.key_codec());
    if (!view.ok()) EXPECT_EQ(view.status().code(), StatusCode::kInvalidArgument);
  }
}

std::string RawFrame(uint8_t flags, uint32_t count, uint32_t span, const std::string& cells) {
  std::string frame;
  common::PutFixed8(&frame, kFrameVersion);
  common::PutFixed8(&frame, flags);
  common::PutVarint32(&frame, count);
  common::PutVarint32(&frame, span);
  return frame + cells;
}

std::string RawCell(const Cell& cell, uint32_t ordinal) {
  std::string prefix;
  AppendKeyPrefix(cell.row, cell.family, cell.qualifier, cell.flag, &prefix);
  std::string out;
  AppendCell(prefix, cell.value, ordinal, cell.timestamp != kAutomaticTimestamp, cell.timestamp, &out);
  return out;
}

TEST(CellCodecTest, EachBrokenRule_IsNamed) {
  const std::string a = RawCell(Insert("a", "x"), 0);
  const std::string b = RawCell(Insert("b", "x"), 1);
  const auto message = [](const std::string& frame) { return std::string(Parse(frame).status().message()); };
  EXPECT_EQ(message(RawFrame(kFrameSorted, 2, 2, b + a)), "frame: cell 1 has a lower row than the one before");
  EXPECT_EQ(message(RawFrame(0, 3, 3, a + b)), "frame: declares 3 cells, has 2");
  EXPECT_EQ(message(RawFrame(2, 2, 2, a + b)), "frame: flags 2 are not known");
  EXPECT_EQ(message(RawFrame(0, 2, 1, a + b)), "frame: declares 2 cells and an ordinal span of 1");
  EXPECT_EQ(message(RawFrame(0, 1, 1, b)), "cell 0: frame: ordinal 1 is not below the declared span");
  EXPECT_EQ(message(RawFrame(kFrameSorted, 2, 2, a + a)),
            "frame: cell 1 is not in key order though the frame claims to be sorted");
  EXPECT_EQ(message(RawFrame(0, 1, 1, RawCell(Insert("a", "x", kAutomaticTimestamp - 1), 0))),
            "cell 0: timestamp -9223372036854775807 is reserved, the least is -9223372036854775805");
  Cell version = Insert("a", "x", kAutomaticTimestamp, "");
  version.flag = KeyFlag::kDeleteVersion;
  EXPECT_EQ(message(RawFrame(0, 1, 1, RawCell(version, 0))), "cell 0: delete of a version without a timestamp");
  Cell marker = Insert("a", "x");
  marker.flag = KeyFlag::kDeleteCell;
  EXPECT_EQ(message(RawFrame(0, 1, 1, RawCell(marker, 0))), "cell 0: delete marker with a value");
  const std::string huge("\x01\x00\xff\xff\xff\xff\x0f\x01", 8);
  EXPECT_FALSE(Parse(huge).ok());
  EXPECT_EQ(message(std::string("\x02\x00\x00\x00", 4)), "frame: version 2 is not known");
}

TEST(CellCodecTest, CellReader_NamesTheOffsetOfACutCell) {
  const std::string cells = RawCell(Insert("a", "x"), 0) + RawCell(Insert("b", "x"), 1);
  CellReader reader(std::string_view(cells).substr(0, cells.size() - 1));
  EncodedCell cell;
  EXPECT_TRUE(reader.Next(&cell));
  EXPECT_FALSE(reader.Next(&cell));
  EXPECT_EQ(reader.status().code(), StatusCode::kCorruption);
  EXPECT_EQ(reader.status().message(), "cell at offset 10 is cut off");
}

}  // namespace
}  // namespace cellar::model
