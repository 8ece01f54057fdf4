#include "model/scan_block.h"

#include <gtest/gtest.h>

#include "common/random/random.h"

namespace cellar::model {
namespace {

std::string RandomBytes(SeededRandom& random, size_t min, size_t max) {
  std::string bytes(min + random.Uniform(max - min + 1), 'x');
  for (char& byte : bytes) byte = "ab\0\xFF"[random.Uniform(4)];
  return bytes;
}

std::vector<Cell> RandomCells(SeededRandom& random) {
  std::vector<Cell> cells;
  const size_t count = random.Uniform(30);
  std::string row = "r";
  for (size_t i = 0; i < count; ++i) {
    if (random.OneIn(3)) row = RandomBytes(random, 1, 12);
    const auto revision = static_cast<int64_t>(random.Next());
    const int64_t timestamp = random.OneIn(2) ? revision : static_cast<int64_t>(random.Next());
    const auto family = static_cast<uint8_t>(random.Uniform(3));
    cells.emplace_back(row, FamilyId(family), RandomBytes(random, 0, 2), static_cast<KeyFlag>(random.Uniform(5)),
                       timestamp, Revision(revision), RandomBytes(random, 0, 40));
  }
  return cells;
}

std::string Encode(const std::vector<Cell>& cells) {
  ScanBlockWriter writer;
  for (const Cell& cell : cells) writer.Add(cell.view());
  EXPECT_EQ(writer.cell_count(), cells.size());
  return writer.Finish();
}

TEST(ScanBlockTest, RandomCells_ComeBackAsTheyWere) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SeededRandom random(seed);
    const std::vector<Cell> cells = RandomCells(random);
    auto decoded = DecodeScanBlock(Encode(cells));
    ASSERT_TRUE(decoded.ok()) << "seed " << seed << ": " << decoded.status().ToString();
    ASSERT_EQ(*decoded, cells) << "seed " << seed;
  }
}

TEST(ScanBlockTest, Writer_IsEmptyAfterFinish) {
  ScanBlockWriter writer;
  writer.Add(Cell("row", FamilyId(1), "q", KeyFlag::kInsert, 5, Revision(5), "v").view());
  (void)writer.Finish();
  EXPECT_EQ(writer.Finish(), Encode({}));
}

TEST(ScanBlockTest, EveryTruncation_IsCorruption) {
  SeededRandom random(7);
  const std::string block = Encode(RandomCells(random));
  ASSERT_GT(block.size(), 50u);
  for (size_t size = 0; size < block.size(); ++size) {
    EXPECT_TRUE(DecodeScanBlock(block.substr(0, size)).status().Is(StatusCode::kCorruption)) << size;
  }
  EXPECT_TRUE(DecodeScanBlock(block + "x").status().Is(StatusCode::kCorruption));
}

TEST(ScanBlockTest, EveryByteChanged_NeverReadsOutside) {
  SeededRandom random(9);
  const std::string block = Encode(RandomCells(random));
  for (size_t at = 0; at < block.size(); ++at) {
    for (const int change : {1, 0x80, 0xFF}) {
      std::string damaged = block;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      (void)DecodeScanBlock(damaged);  // The frame's checksum finds it; here it must only be harmless.
    }
  }
}

TEST(ScanBlockTest, NewerVersion_IsRefusedByName) {
  std::string block = Encode({});
  block[0] = 2;
  EXPECT_TRUE(DecodeScanBlock(block).status().Is(StatusCode::kUnsupported));
}

}  // namespace
}  // namespace cellar::model
