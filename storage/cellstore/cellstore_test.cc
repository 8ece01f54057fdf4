#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/file/faulty_file_system.h"
#include "storage/cellstore/block_count.h"
#include "storage/cellstore/cellstore_test_data.h"

namespace cellar::storage {
namespace {

using model::BloomSpec;
using model::Compressor;

CellStoreOptions Options(uint32_t block_size = 1024, Compressor compressor = Compressor::kLz4,
                         BloomSpec::Mode filter = BloomSpec::Mode::kRows, uint8_t restart_interval = 4) {
  CellStoreOptions options;
  options.block_size_bytes = block_size;
  options.compressor.compressor = compressor;
  options.bloom_filter.mode = filter;
  options.restart_interval = restart_interval;
  return options;
}

EncodedCells ReadAll(const CellStoreReader& reader, KeyBounds bounds = {}) {
  const auto source = reader.NewSource(std::move(bounds));
  source->SeekToFirst();
  EncodedCells cells = Drain(*source);
  EXPECT_TRUE(source->status().ok()) << source->status().ToString();
  return cells;
}

EncodedCells Within(const EncodedCells& cells, const KeyBounds& bounds) {
  EncodedCells out;
  for (const auto& cell : cells) {
    if (bounds.Contains(cell.first)) out.push_back(cell);
  }
  return out;
}

TEST(CellStoreTest, EveryCodecAndLayout_ReadsBackWhatWasWritten) {
  uint64_t seed = 1;
  for (const Compressor codec :
       {Compressor::kNone, Compressor::kSnappy, Compressor::kLz4, Compressor::kZlib, Compressor::kZstd}) {
    for (const uint32_t block_size : {64u, 1024u, 65'536u}) {
      for (const uint8_t interval : {uint8_t{1}, uint8_t{3}, uint8_t{16}}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        SeededRandom random(seed++);
        const EncodedCells cells = TestCells(random, 1 + random.Uniform(1500));
        MemoryFileSystem files;
        const auto trailer =
            WriteTestStore(files, cells, Options(block_size, codec, BloomSpec::Mode::kRowsAndColumns, interval));
        ASSERT_TRUE(trailer.ok()) << trailer.status().ToString();
        BlockCache cache(1 << 20);
        const auto reader = OpenTestStore(files, random.OneIn(2) ? &cache : nullptr);
        EXPECT_EQ(reader->trailer(), *trailer);
        EXPECT_EQ(ReadAll(*reader), cells);
        EXPECT_EQ(ReadAll(*reader), cells);
      }
    }
  }
}

TEST(CellStoreTest, Seek_FindsTheFirstCellAtOrAfterAnyTarget) {
  for (uint64_t seed = 100; seed < 110; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    const EncodedCells cells = TestCells(random, 600);
    MemoryFileSystem files;
    ASSERT_TRUE(WriteTestStore(files, cells, Options(256)).ok());
    const auto reader = OpenTestStore(files);
    const auto source = reader->NewSource();
    for (int i = 0; i < 500; ++i) {
      std::string target = cells[random.Uniform(cells.size())].first;
      if (random.OneIn(3)) target.resize(random.Uniform(target.size() + 1));
      if (random.OneIn(3)) target += TestBytes(random, 3);
      source->Seek(target);
      const auto expected = std::lower_bound(cells.begin(), cells.end(), target,
                                             [](const auto& cell, const std::string& key) { return cell.first < key; });
      ASSERT_EQ(source->Valid(), expected != cells.end());
      if (expected == cells.end()) continue;
      EXPECT_EQ(source->key(), expected->first);
      EXPECT_EQ(source->value(), expected->second);
      if (random.OneIn(2)) source->Next();
    }
  }
}

TEST(CellStoreTest, Bounds_HideWhatLiesOutside) {
  SeededRandom random(5);
  const EncodedCells cells = TestCells(random, 800);
  MemoryFileSystem files;
  ASSERT_TRUE(WriteTestStore(files, cells, Options(300)).ok());
  const auto reader = OpenTestStore(files);
  for (int i = 0; i < 100; ++i) {
    std::string low = model::RowOfKey(cells[random.Uniform(cells.size())].first);
    std::string high = model::RowOfKey(cells[random.Uniform(cells.size())].first);
    if (high < low) std::swap(low, high);
    const KeyBounds bounds = KeyBounds::Of(model::RowInterval::Range(low, high));
    const EncodedCells expected = Within(cells, bounds);
    EXPECT_EQ(ReadAll(*reader, bounds), expected);
    const auto source = reader->NewSource(bounds);
    source->Seek("");
    EXPECT_EQ(Drain(*source), expected);
    source->Seek(*bounds.end);
    EXPECT_FALSE(source->Valid());
  }
}

TEST(CellStoreTest, BlocksCounted_AreThoseThatASourceReads_ButForTheOneThatEndsIt) {
  SeededRandom random(7);
  const EncodedCells cells = TestCells(random, 1200);
  MemoryFileSystem files;
  ASSERT_TRUE(WriteTestStore(files, cells, Options(200)).ok());
  const auto reader = OpenTestStore(files);
  const auto all = CountBlocks(*reader, KeyBounds());
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->blocks, reader->trailer().block_count);
  EXPECT_GT(all->blocks, 20u);
  EXPECT_LT(all->bytes, reader->file_size_bytes());
  for (int i = 0; i < 100; ++i) {
    std::string low = model::RowOfKey(cells[random.Uniform(cells.size())].first);
    std::string high = model::RowOfKey(cells[random.Uniform(cells.size())].first);
    if (high < low) std::swap(low, high);
    const KeyBounds bounds = KeyBounds::Of(model::RowInterval::Range(low, high));
    const auto counted = CountBlocks(*reader, bounds);
    ASSERT_TRUE(counted.ok());
    SourceReads reads;
    SourceOptions options;
    options.reads = &reads;
    const auto source = reader->NewSource(bounds, options);
    for (source->SeekToFirst(); source->Valid();) source->Next();
    EXPECT_GE(reads.blocks, low == high ? 0 : counted->blocks);
    EXPECT_LE(reads.blocks, counted->blocks + 1);
    EXPECT_EQ(reads.cached_blocks, 0u);
  }
}

TEST(CellStoreTest, Filter_NeverDeniesAndSeldomAffirmsWrongly) {
  for (const BloomSpec::Mode mode :
       {BloomSpec::Mode::kNone, BloomSpec::Mode::kRows, BloomSpec::Mode::kRowsAndColumns}) {
    const model::KeyCodec codec = TestCodec();
    EncodedCells cells;
    for (int i = 0; i < 20'000; ++i) {
      const std::string row = std::to_string(1'000'000 + 2 * i);
      model::KeyView key;
      key.row = row;
      key.family = model::FamilyId{static_cast<uint8_t>(1 + i % 3)};
      key.timestamp = 5;
      key.revision = model::Revision{i};
      cells.emplace_back();
      codec.Encode(key, &cells.back().first);
    }
    MemoryFileSystem files;
    ASSERT_TRUE(WriteTestStore(files, cells, Options(4096, Compressor::kNone, mode)).ok());
    const auto reader = OpenTestStore(files);
    int wrong_rows = 0;
    int wrong_columns = 0;
    for (int i = 0; i < 20'000; ++i) {
      const model::FamilyId family{static_cast<uint8_t>(1 + i % 3)};
      const model::FamilyId other{static_cast<uint8_t>(1 + (i + 1) % 3)};
      const std::string row = std::to_string(1'000'000 + 2 * i);
      ASSERT_TRUE(reader->MayContain(row, {}).value());
      ASSERT_TRUE(reader->MayContain(row, std::vector{family, other}).value());
      wrong_columns += reader->MayContain(row, std::vector{other}).value() ? 1 : 0;
      wrong_rows += reader->MayContain(std::to_string(1'000'001 + 2 * i), {}).value() ? 1 : 0;
    }
    if (mode == BloomSpec::Mode::kNone) {
      EXPECT_EQ(wrong_rows, 20'000);
    } else {
      EXPECT_LT(wrong_rows, 320);  // 1 % is asked for
    }
    if (mode == BloomSpec::Mode::kRowsAndColumns) EXPECT_LT(wrong_columns, 1000);
  }
}

TEST(CellStoreTest, Filter_AnswersForRowsThatSpanLeaves) {
  for (uint64_t seed = 200; seed < 206; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    EncodedCells cells = TestCells(random, 3000);
    for (auto& [key, value] : cells) value.resize(200);
    MemoryFileSystem files;
    ASSERT_TRUE(WriteTestStore(files, cells, Options(64, Compressor::kNone, BloomSpec::Mode::kRowsAndColumns)).ok());
    const auto reader = OpenTestStore(files);
    ASSERT_GT(reader->trailer().leaf_count, 5u);
    for (const auto& [key, value] : cells) {
      const std::string row = model::RowOfKey(key);
      const model::FamilyId family = model::SplitKeyPrefix(model::KeyPrefixOf(key)).family;
      ASSERT_TRUE(reader->MayContain(row, {}).value());
      ASSERT_TRUE(reader->MayContain(row, std::vector{family}).value());
    }
  }
}

TEST(CellStoreTest, Trailer_CountsWhatIsInTheFile) {
  SeededRandom random(9);
  const EncodedCells cells = TestCells(random, 1000);
  MemoryFileSystem files;
  const auto trailer = WriteTestStore(files, cells, Options());
  ASSERT_TRUE(trailer.ok());
  EXPECT_EQ(trailer->cell_count, cells.size());
  EXPECT_EQ(trailer->first_row, model::RowOfKey(cells.front().first));
  EXPECT_EQ(trailer->last_row, model::RowOfKey(cells.back().first));
  uint64_t deletes = 0;
  int64_t low = model::kMaxTimestamp;
  for (const auto& [key, value] : cells) {
    deletes += model::IsDeleteMarker(model::FlagOfKey(key)) ? 1 : 0;
    low = std::min(low, TestCodec().Timestamp(key));
  }
  EXPECT_EQ(trailer->delete_count(), deletes);
  EXPECT_EQ(trailer->min_timestamp, low);
  EXPECT_EQ(CellStoreTrailer::Decode(trailer->Encode()).value(), *trailer);
}

TEST(CellStoreTest, Samples_AreFewAscendingAndSpread) {
  SeededRandom random(10);
  const EncodedCells cells = TestCells(random, 20'000);
  MemoryFileSystem files;
  const auto trailer = WriteTestStore(files, cells, Options(256));
  ASSERT_TRUE(trailer.ok());
  EXPECT_LE(trailer->samples.size(), kMaxSplitSamples);
  EXPECT_GT(trailer->samples.size(), kMaxSplitSamples / 4);
  for (size_t i = 1; i < trailer->samples.size(); ++i) {
    EXPECT_LT(trailer->samples[i - 1].row, trailer->samples[i].row);
    EXPECT_LT(trailer->samples[i - 1].bytes_before, trailer->samples[i].bytes_before);
  }
}

TEST(CellStoreTest, SameCells_GiveTheSameBytesAndDigest) {
  SeededRandom random(12);
  const EncodedCells cells = TestCells(random, 500);
  MemoryFileSystem a;
  MemoryFileSystem b;
  const auto first = WriteTestStore(a, cells, Options());
  const auto second = WriteTestStore(b, cells, Options());
  EXPECT_EQ(first->digest_root, second->digest_root);
  EXPECT_EQ(common::ReadWholeFile(a, kTestPath, 1 << 20).value(), common::ReadWholeFile(b, kTestPath, 1 << 20).value());
}

/// Reads of the file that one more scan of everything takes, once it has been scanned.
uint64_t ReadsOfSecondScan(bool in_memory) {
  SeededRandom random(3);
  MemoryFileSystem disk;
  CellStoreIdentity identity = TestIdentity();
  identity.in_memory = in_memory;
  CHECK(WriteTestStore(disk, TestCells(random, 800), Options(256), identity).ok());
  FaultyFileSystem files(disk, 1);
  BlockCache cache(0);
  const auto reader = OpenTestStore(files, &cache);
  const EncodedCells cells = ReadAll(*reader);
  const uint64_t before = files.call_count(FileOperation::kRead);
  EXPECT_EQ(ReadAll(*reader), cells);
  return files.call_count(FileOperation::kRead) - before;
}

TEST(CellStoreTest, InMemory_IsReadOnce) {
  EXPECT_GT(ReadsOfSecondScan(false), 0u);
  EXPECT_EQ(ReadsOfSecondScan(true), 0u);
}

TEST(CellStoreWriterTest, KeyNotAfterTheLast_IsRefusedForGood) {
  SeededRandom random(13);
  const EncodedCells cells = TestCells(random, 10);
  MemoryFileSystem files;
  ASSERT_TRUE(files.CreateDirectories("t").ok());
  auto writer = CellStoreWriter::Create(files, "t/a", kTestIncarnation, TestIdentity(), Options(), TestCodec()).value();
  ASSERT_TRUE(writer->Add(cells[1].first, "").ok());
  EXPECT_EQ(writer->Add(cells[1].first, "").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(writer->Add(cells[2].first, "").code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(writer->Finish().ok());
}

TEST(CellStoreWriterTest, MalformedKey_IsRefused) {
  MemoryFileSystem files;
  ASSERT_TRUE(files.CreateDirectories("t").ok());
  auto writer = CellStoreWriter::Create(files, "t/a", kTestIncarnation, TestIdentity(), Options(), TestCodec()).value();
  EXPECT_EQ(writer->Add("no key at all, though long enough", "").code(), StatusCode::kInvalidArgument);
}

TEST(CellStoreWriterTest, NoCells_IsRefused) {
  MemoryFileSystem files;
  EXPECT_EQ(WriteTestStore(files, {}, Options()).status().code(), StatusCode::kInvalidArgument);
}

TEST(CellStoreWriterTest, FullDisk_IsReportedWithThePath) {
  SeededRandom random(14);
  const EncodedCells cells = TestCells(random, 3000);
  MemoryFileSystem files(MemoryFileSystemOptions{.space_limit_bytes = 2000});
  const auto trailer = WriteTestStore(files, cells, Options());
  EXPECT_EQ(trailer.status().code(), StatusCode::kNoSpace);
  EXPECT_THAT(trailer.status().ToString(), testing::HasSubstr(kTestPath));
}

TEST(CellStoreTest, LargestValueAndLongRow_FitInABlockOfTheirOwn) {
  const model::KeyCodec codec = TestCodec();
  EncodedCells cells(3);
  int64_t number = 0;
  for (auto& [key, value] : cells) {
    const std::string row(model::kMaxRowBytes, static_cast<char>('a' + number));
    model::KeyView view;
    view.row = row;
    view.family = model::FamilyId{1};
    view.timestamp = ++number;
    codec.Encode(view, &key);
  }
  cells[1].second.assign(model::kLargestMaxValueBytes, 'v');
  MemoryFileSystem files;
  ASSERT_TRUE(WriteTestStore(files, cells, Options()).ok());
  EXPECT_EQ(ReadAll(*OpenTestStore(files)), cells);
}

}  // namespace
}  // namespace cellar::storage
