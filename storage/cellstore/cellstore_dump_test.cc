#include "storage/cellstore/cellstore_dump.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "storage/cellstore/cellstore_test_data.h"

namespace cellar::storage {
namespace {

/// Compares with a file beside the sources; CELLAR_REWRITE=1 in the environment writes it anew.
void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = "testdata/" + name;
  if (std::getenv("CELLAR_REWRITE") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(text, golden) << path;
}

std::string HexDump(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  static constexpr size_t kWidth = 24;
  std::string out;
  for (size_t line = 0; line < bytes.size(); line += kWidth) {
    std::string hex;
    std::string text;
    for (size_t i = line; i < bytes.size() && i < line + kWidth; ++i) {
      const auto byte = static_cast<uint8_t>(bytes[i]);
      hex += kDigits[byte >> 4];
      hex += kDigits[byte & 15];
      if (i % 4 == 3) hex += ' ';
      text += byte >= 0x20 && byte < 0x7F ? bytes[i] : '.';
    }
    hex.resize(kWidth * 2 + kWidth / 4, ' ');
    std::string offset = std::to_string(line);
    out += std::string(5 - offset.size(), ' ') + offset + "  " + hex + " " + text + "\n";
  }
  return out;
}

/// Two rows of a web table: three automatic timestamps, then a delete marker.
EncodedCells SmallCells() {
  const model::KeyCodec codec = TestCodec();
  EncodedCells cells;
  const auto add = [&](std::string_view row, uint8_t family, std::string_view qualifier, model::KeyFlag flag,
                       int64_t revision, std::string_view value) {
    model::KeyView key;
    key.row = row;
    key.family = model::FamilyId{family};
    key.qualifier = qualifier;
    key.flag = flag;
    key.timestamp = revision;
    key.revision = model::Revision{revision};
    cells.emplace_back(std::string(), value);
    codec.Encode(key, &cells.back().first);
  };
  const int64_t base = 1'700'000'000'000'000'000;
  add("com.example/a", 1, "", model::KeyFlag::kInsert, base + 2, "hello");
  add("com.example/a", 2, "href", model::KeyFlag::kInsert, base + 1, "/b");
  add("com.example/b", 1, "", model::KeyFlag::kInsert, base + 3, "world");
  add("com.example/b", 2, "href", model::KeyFlag::kDeleteCell, base + 4, "");
  return cells;
}

TEST(CellStoreDumpTest, SmallFile_MatchesItsGoldenTextAndBytes) {
  CellStoreOptions options;
  options.compressor.compressor = model::Compressor::kNone;
  MemoryFileSystem files;
  ASSERT_TRUE(WriteTestStore(files, SmallCells(), options).ok());
  std::string text;
  CellStoreDumpOptions dump;
  dump.blocks = true;
  dump.cells = true;
  ASSERT_TRUE(DumpCellStore(*OpenTestStore(files), dump, [&](std::string_view piece) { text += piece; }).ok());
  text += "\n" + HexDump(common::ReadWholeFile(files, kTestPath, 1 << 20).value());
  ExpectGolden("small.txt", text);
}

TEST(CellStoreDumpTest, ManyBlocks_MatchTheirGoldenText) {
  SeededRandom random(77);
  CellStoreOptions options;
  options.block_size_bytes = 1024;
  options.compressor.compressor = model::Compressor::kNone;
  options.bloom_filter.mode = model::BloomSpec::Mode::kRowsAndColumns;
  MemoryFileSystem files;
  ASSERT_TRUE(WriteTestStore(files, TestCells(random, 300), options).ok());
  std::string text;
  CellStoreDumpOptions dump;
  dump.blocks = true;
  ASSERT_TRUE(DumpCellStore(*OpenTestStore(files), dump, [&](std::string_view piece) { text += piece; }).ok());
  ExpectGolden("blocks.txt", text);
}

}  // namespace
}  // namespace cellar::storage
