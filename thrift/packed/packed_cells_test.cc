#include "thrift/packed/packed_cells.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "common/random/random.h"
#include "model/error_codes.h"
#include "tests/support/random_cells.h"
#include "thrift/packed/error_codes.h"

namespace cellar::thrift {
namespace {

using std::string_literals::operator""s;

std::string Bytes(std::string_view hex) {
  std::string out;
  int high = -1;
  for (const char c : hex) {
    if (c == ' ') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      out.push_back(static_cast<char>(high * 16 + digit));
      high = -1;
    }
  }
  return out;
}

PackedCell MakeCell(std::string_view row, std::string_view qualifier, std::string_view value, int64_t timestamp) {
  PackedCell cell;
  cell.row = row;
  cell.family = "f";
  cell.qualifier = qualifier;
  cell.value = value;
  cell.timestamp = timestamp;
  return cell;
}

int32_t CodeOfReading(std::string_view buffer) {
  PackedCellsReader reader(buffer);
  PackedCell cell;
  while (reader.Next(&cell)) {
  }
  return reader.status().detail();
}

// The examples of docs/internals/gateway.md.
const std::string kExample1 = Bytes("01 00 00 00 40 05 00 00 00 00 00 00 00 72 00 66 00 71 00 02 00 00 00 68 69 ff 03");
const std::string kExample2 = Bytes(
    "02 00 00 00 40 ff 01 00 02 00 00 00 01 00 00 00 02 00 00 00 05 00 00 00 00 00 00 00 72 00 66 71 68 69"
    "40 ff 01 00 00 00 00 00 00 00 00 00 00 00 00 00 06 00 00 00 00 00 00 00 66"
    "03 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");

TEST(PackedCellsTest, WritesTheExamplesOfItsPage) {
  PackedCellsWriter first(kPackedVersion1);
  ASSERT_TRUE(first.Add(MakeCell("r", "q", "hi", 5)).ok());
  EXPECT_EQ(first.Finish(kEndOfScan), kExample1);

  PackedCellsWriter second(kPackedVersion2);
  ASSERT_TRUE(second.Add(MakeCell("r\0"s, "q", "hi", 5)).ok());
  ASSERT_TRUE(second.Add(MakeCell("r\0"s, "", "", 6)).ok());
  EXPECT_EQ(second.Finish(kEndOfScan), kExample2);
}

TEST(PackedCellsTest, ReadsTheExamplesOfItsPage) {
  PackedCellsReader first(kExample1);
  PackedCell cell;
  ASSERT_TRUE(first.Next(&cell));
  EXPECT_EQ(cell, MakeCell("r", "q", "hi", 5));
  EXPECT_FALSE(first.Next(&cell));
  EXPECT_TRUE(first.status().ok());
  EXPECT_TRUE(first.end_of_scan());
  EXPECT_FALSE(first.flush());

  PackedCellsReader second(kExample2);
  ASSERT_TRUE(second.Next(&cell));
  EXPECT_EQ(cell, MakeCell("r\0"s, "q", "hi", 5));
  ASSERT_TRUE(second.Next(&cell));
  EXPECT_EQ(cell, MakeCell("r\0"s, "", "", 6));
  EXPECT_FALSE(second.Next(&cell));
  EXPECT_TRUE(second.status().ok());
}

TEST(PackedCellsTest, AnEmptyResultIsFiveBytesInVersion1) {
  PackedCellsWriter writer(kPackedVersion1);
  EXPECT_EQ(writer.Finish(kEndOfScan), Bytes("01 00 00 00 03"));
  EXPECT_EQ(CodeOfReading(Bytes("01 00 00 00 03")), 0);
}

TEST(PackedCellsTest, Version1_ATimestampIsCarriedOver) {
  // The second cell says neither "automatic" nor a timestamp; the third says automatic; the first of all has none.
  const std::string buffer = Bytes(
      "01 00 00 00  00 72 00 66 00 00 00 00 00 00 ff  40 07 00 00 00 00 00 00 00 00 66 00 00 00 00 00 00 ff"
      "00 00 66 00 00 00 00 00 00 ff  20 00 66 00 00 00 00 00 00 ff 01");
  PackedCellsReader reader(buffer);
  PackedCell cell;
  std::vector<int64_t> timestamps;
  while (reader.Next(&cell)) timestamps.push_back(cell.timestamp);
  ASSERT_TRUE(reader.status().ok()) << reader.status().ToString();
  EXPECT_EQ(timestamps, (std::vector<int64_t>{kNullTimestamp, 7, 7, model::kAutomaticTimestamp}));
}

TEST(PackedCellsTest, ARowDeleteHasNeitherFamilyNorQualifier) {
  const std::string buffer = Bytes("01 00 00 00 20 72 00 66 00 71 00 00 00 00 00 00 01");
  PackedCellsReader reader(buffer);
  PackedCell cell;
  ASSERT_TRUE(reader.Next(&cell));
  EXPECT_EQ(cell.flag, model::KeyFlag::kDeleteRow);
  EXPECT_EQ(cell.family, "");
  EXPECT_EQ(cell.qualifier, "");
}

TEST(PackedCellsTest, Version1_RefusesANulByTheRowsName) {
  PackedCellsWriter writer(kPackedVersion1);
  const Status row = writer.Add(MakeCell("a\0b"s, "q", "v", 1));
  EXPECT_EQ(row.detail(), model::kBadFormat);
  EXPECT_NE(row.message().find(R"(a\x00b)"), std::string::npos) << row.message();
  EXPECT_EQ(writer.Add(MakeCell("a", "q\0"s, "v", 1)).detail(), model::kBadFormat);
  EXPECT_EQ(writer.Add(MakeCell("", "q", "v", 1)).detail(), kInvalidArgument);
  EXPECT_TRUE(writer.empty());
  EXPECT_TRUE(writer.Add(MakeCell("a", "q", "v\0"s, 1)).ok());
}

TEST(PackedCellsTest, BadBuffersGetTheirCode) {
  EXPECT_EQ(CodeOfReading(""), kInputOverrun);
  EXPECT_EQ(CodeOfReading(Bytes("01 00 00")), kInputOverrun);
  EXPECT_EQ(CodeOfReading(Bytes("03 00 00 00 01")), kVersionMismatch);
  EXPECT_EQ(CodeOfReading(Bytes("01 00 00 00")), kInputOverrun) << "no terminator";
  EXPECT_EQ(CodeOfReading(Bytes("01 00 00 00 01 00")), model::kBadFormat) << "bytes after the end";
  EXPECT_EQ(CodeOfReading(Bytes("01 00 00 00 20 00 66 00 71 00 00 00 00 00 ff 01")), model::kBadFormat) << "no row";
  EXPECT_EQ(CodeOfReading(Bytes("01 00 00 00 20 72 00 66 00 71 00 00 00 00 00 04 01")), model::kBadFormat) << "flag";
  EXPECT_EQ(CodeOfReading(Bytes("01 00 00 00 20 72 00 66 00 71 00 ff ff ff ff ff 01")), kInputOverrun) << "length";
  std::string miscounted = kExample2;
  miscounted[miscounted.size() - 20] = 3;
  EXPECT_EQ(CodeOfReading(miscounted), model::kBadFormat);
  for (const std::string& example : {kExample1, kExample2}) {
    for (size_t size = 0; size < example.size(); ++size) {
      EXPECT_EQ(CodeOfReading(std::string_view(example).substr(0, size)), kInputOverrun) << size;
    }
  }
}

/// Cells with their bytes, drawn at random; rows repeat often.
class RandomCells {
 public:
  explicit RandomCells(uint64_t seed) : random_(seed) {}

  PackedCell Draw(bool with_nuls) {
    PackedCell cell;
    if (row_.empty() || random_.Uniform(3) == 0) {
      do row_ = Keep(Text(20, with_nuls));
      while (row_.empty());
    }
    cell.row = row_;
    cell.flag = static_cast<model::KeyFlag>(random_.Uniform(5));
    if (cell.flag != model::KeyFlag::kDeleteRow) {
      cell.family = Keep("f" + std::to_string(random_.Uniform(100)));
      cell.qualifier = Keep(Text(10, with_nuls));
    }
    cell.value = Keep(Text(random_.Uniform(20) == 0 ? 5000 : 30, true));
    if (random_.Uniform(4) != 0) cell.timestamp = static_cast<int64_t>(random_.Next());
    cell.has_revision = random_.Uniform(4) == 0;
    if (cell.has_revision) cell.revision = static_cast<int64_t>(random_.Next());
    return cell;
  }

 private:
  std::string Text(size_t limit, bool with_nuls) {
    std::string text(random_.Uniform(limit + 1), ' ');
    for (char& c : text) c = static_cast<char>(random_.Uniform(with_nuls ? 256 : 255) + (with_nuls ? 0 : 1));
    return text;
  }
  std::string_view Keep(std::string text) { return kept_.emplace_back(std::move(text)); }

  SeededRandom random_;
  std::deque<std::string> kept_;
  std::string_view row_;
};

TEST(PackedCellsTest, WhatIsWrittenIsRead) {
  for (const int32_t version : {kPackedVersion1, kPackedVersion2}) {
    for (uint64_t seed = 1; seed <= 200; ++seed) {
      RandomCells random(seed);
      PackedCellsWriter writer(version);
      std::vector<PackedCell> cells;
      for (uint64_t i = 0; i < seed % 50; ++i) {
        cells.push_back(random.Draw(version == kPackedVersion2));
        ASSERT_TRUE(writer.Add(cells.back()).ok());
      }
      const std::string buffer = writer.Finish(kFlush);
      PackedCellsReader reader(buffer);
      PackedCell cell;
      for (const PackedCell& expected : cells) {
        ASSERT_TRUE(reader.Next(&cell)) << "seed " << seed << ": " << reader.status().ToString();
        ASSERT_EQ(cell, expected) << "seed " << seed;
      }
      ASSERT_FALSE(reader.Next(&cell));
      ASSERT_TRUE(reader.status().ok()) << "seed " << seed << ": " << reader.status().ToString();
      ASSERT_TRUE(reader.flush());
      ASSERT_FALSE(reader.end_of_scan());
    }
  }
}

/// Adds the blocks' cells one by one, by the names of their families.
Status AddOneByOne(const std::vector<std::string>& blocks, const model::Schema& schema, PackedCellsWriter* writer) {
  for (const std::string& block : blocks) {
    model::ScanBlockReader reader(block);
    model::CellView cell;
    while (reader.Next(&cell)) {
      const model::ColumnFamily* family = schema.FindFamily(cell.key.family);
      RETURN_IF_ERROR(writer->Add(cell, family == nullptr ? std::string_view() : std::string_view(family->name)));
    }
  }
  return Status();
}

/// The same by AddAll, whose buffer is said to be full after each few bytes.
Status AddBlockByBlock(const std::vector<std::string>& blocks, const model::Schema& schema, size_t few_bytes,
                       PackedCellsWriter* writer) {
  for (const std::string& block : blocks) {
    model::ScanBlockReader reader(block);
    size_t before = 0;
    while (writer->size_bytes() > before) {
      before = writer->size_bytes();
      RETURN_IF_ERROR(writer->AddAll(reader, schema, before + few_bytes));
    }
    RETURN_IF_ERROR(reader.status());
  }
  return Status();
}

TEST(PackedCellsTest, BlocksBecomeWhatTheirCellsBecome) {
  for (const int32_t version : {kPackedVersion1, kPackedVersion2}) {
    int written = 0;
    for (uint64_t seed = 1; seed <= 200; ++seed) {
      tests::RandomCells random(seed);
      const model::Schema schema = random.NewSchema();
      std::vector<std::string> blocks;
      model::ScanBlockWriter block;
      for (uint64_t i = 1; i <= seed % 30; ++i) {
        model::Cell cell = tests::Written(random.NewCell(schema, 1000), model::Revision(static_cast<int64_t>(i)));
        if (version == kPackedVersion1 && !random.random().OneIn(20)) {  // so that most can be written
          std::replace(cell.row.begin(), cell.row.end(), '\0', 'n');
          std::replace(cell.qualifier.begin(), cell.qualifier.end(), '\0', 'n');
        }
        block.Add(cell.view());
        if (random.random().OneIn(8)) blocks.push_back(block.Finish());
      }
      blocks.push_back(block.Finish());
      PackedCellsWriter expected(version);
      PackedCellsWriter writer(version);
      if (random.random().OneIn(2)) writer.Reserve(1000);
      const Status status = AddOneByOne(blocks, schema, &expected);
      EXPECT_EQ(AddBlockByBlock(blocks, schema, 1 + random.random().Uniform(100), &writer), status) << "seed " << seed;
      EXPECT_EQ(writer.Finish(), expected.Finish()) << "seed " << seed;
      if (status.ok()) ++written;
    }
    EXPECT_GT(written, 50);
  }
}

}  // namespace
}  // namespace cellar::thrift
