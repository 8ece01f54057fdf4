#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"
#include "storage/cellstore/cellstore_test_data.h"
#include "storage/cellstore/cellstore_verify.h"
#include "storage/cellstore/file_layout.h"

namespace cellar::storage {
namespace {

using model::BloomSpec;
using model::Compressor;
using testing::HasSubstr;

/// A file whose bytes a test may change at will.
struct Specimen {
  EncodedCells cells;
  std::string bytes;
};

Specimen MakeSpecimen(uint64_t seed, size_t cell_count, uint32_t block_size, Compressor codec) {
  SeededRandom random(seed);
  Specimen specimen;
  specimen.cells = TestCells(random, cell_count);
  CellStoreOptions options;
  options.block_size_bytes = block_size;
  options.compressor.compressor = codec;
  options.bloom_filter.mode = BloomSpec::Mode::kRowsAndColumns;
  options.restart_interval = 4;
  MemoryFileSystem files;
  EXPECT_TRUE(WriteTestStore(files, specimen.cells, options).ok());
  specimen.bytes = common::ReadWholeFile(files, kTestPath, 16 << 20).value();
  return specimen;
}

Result<std::shared_ptr<const CellStoreReader>> OpenBytes(MemoryFileSystem& files, std::string_view bytes) {
  RETURN_IF_ERROR(files.CreateDirectories("tables/1-7"));
  ASSIGN_OR_RETURN(auto file, files.Create(kTestPath, kTestIncarnation));
  RETURN_IF_ERROR(file->Append(bytes).status());
  CellStoreReadOptions options;
  options.file = TestIdentity().file;
  options.cluster = TestIdentity().cluster;
  return CellStoreReader::Open(files, kTestPath, options);
}

/// Uses the file in every way. What it answers must be right or an error that names the file.
void ExpectRightOrCorruption(const Specimen& specimen, std::string_view bytes, bool must_fail_verification) {
  MemoryFileSystem files;
  const auto reader = OpenBytes(files, bytes);
  if (!reader.ok()) {
    EXPECT_THAT(reader.status().ToString(), HasSubstr(kTestPath));
    EXPECT_THAT(reader.status().code(), testing::AnyOf(StatusCode::kCorruption, StatusCode::kUnsupported));
    return;
  }
  const auto source = (*reader)->NewSource();
  source->SeekToFirst();
  const EncodedCells cells = Drain(*source);
  if (source->status().ok()) {
    EXPECT_EQ(cells, specimen.cells);
  } else {
    EXPECT_THAT(source->status().ToString(), testing::AllOf(HasSubstr(kTestPath), HasSubstr("offset")));
    ASSERT_LE(cells.size(), specimen.cells.size());
    EXPECT_TRUE(std::equal(cells.begin(), cells.end(), specimen.cells.begin()));
  }
  const std::string& wanted = specimen.cells[specimen.cells.size() / 2].first;
  const auto may_contain = (*reader)->MayContain(model::RowOfKey(wanted), {});
  if (may_contain.ok()) EXPECT_TRUE(*may_contain);
  if (must_fail_verification) {
    EXPECT_FALSE(VerifyCellStore(**reader).ok());
    EXPECT_FALSE(VerifyCellStoreDigest(**reader).ok());
  }
}

TEST(CellStoreDamageTest, EverySingleBitFlip_IsDetected) {
  for (const Compressor codec : {Compressor::kNone, Compressor::kLz4}) {
    const Specimen specimen = MakeSpecimen(1, 16, 256, codec);
    for (size_t bit = 0; bit < specimen.bytes.size() * 8; ++bit) {
      SCOPED_TRACE("bit " + std::to_string(bit));
      std::string damaged = specimen.bytes;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      ExpectRightOrCorruption(specimen, damaged, true);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(CellStoreDamageTest, EveryTruncationAndExtension_IsRefused) {
  const Specimen specimen = MakeSpecimen(2, 60, 256, Compressor::kSnappy);
  for (size_t size = 0; size < specimen.bytes.size(); ++size) {
    MemoryFileSystem files;
    const auto reader = OpenBytes(files, std::string_view(specimen.bytes).substr(0, size));
    ASSERT_FALSE(reader.ok()) << size;
    EXPECT_EQ(reader.status().code(), StatusCode::kCorruption);
    EXPECT_THAT(reader.status().ToString(), HasSubstr(kTestPath));
  }
  for (const size_t extra : {1, 36, 4096}) {
    MemoryFileSystem files;
    EXPECT_FALSE(OpenBytes(files, specimen.bytes + std::string(extra, '\0')).ok());
  }
}

TEST(CellStoreDamageTest, SwappedOverwrittenAndMultiBitDamage_NeverGivesAWrongAnswer) {
  const Specimen specimen = MakeSpecimen(3, 400, 512, Compressor::kZstd);
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    std::string damaged = specimen.bytes;
    const size_t size = 1 + random.Uniform(600);
    const size_t at = random.Uniform(damaged.size() - size);
    switch (random.Uniform(3)) {
      case 0:
        damaged.replace(at, size, specimen.bytes, random.Uniform(damaged.size() - size), size);
        break;
      case 1:
        damaged.replace(at, size, size, '\0');
        break;
      default:
        for (int i = 0; i < 5; ++i) damaged[random.Uniform(damaged.size())] = static_cast<char>(random.Next());
    }
    ExpectRightOrCorruption(specimen, damaged, damaged != specimen.bytes);
    if (HasFailure()) return;
  }
}

TEST(CellStoreDamageTest, OtherFileOrCluster_IsRefusedByName) {
  const Specimen specimen = MakeSpecimen(4, 10, 512, Compressor::kNone);
  MemoryFileSystem files;
  ASSERT_TRUE(OpenBytes(files, specimen.bytes).ok());
  CellStoreReadOptions options;
  options.file = model::FileId{99};
  EXPECT_EQ(CellStoreReader::Open(files, kTestPath, options).status().code(), StatusCode::kInvalidArgument);
  options.file.reset();
  options.cluster = ClusterId::Parse("ff0102030405060708090a0b0c0d0e0f").value();
  const auto reader = CellStoreReader::Open(files, kTestPath, options);
  EXPECT_THAT(reader.status().ToString(), HasSubstr("belongs to cluster 000102030405060708090a0b0c0d0e0f"));
}

TEST(CellStoreDamageTest, NewerVersion_IsRefusedByName) {
  Specimen specimen = MakeSpecimen(5, 10, 512, Compressor::kNone);
  common::StoreFixed16(specimen.bytes.data() + kFileMagic.size(), kCellStoreVersion + 1);
  common::StoreFixed32(specimen.bytes.data() + kFileHeaderBytes - 4,
                       common::Crc32c(std::string_view(specimen.bytes).substr(0, kFileHeaderBytes - 4)));
  MemoryFileSystem files;
  const auto reader = OpenBytes(files, specimen.bytes);
  EXPECT_EQ(reader.status().code(), StatusCode::kUnsupported);
  EXPECT_THAT(reader.status().ToString(), HasSubstr("CellStore version 2"));
}

TEST(CellStoreDamageTest, UnknownFeature_IsRefused_UnknownFieldIsSkipped) {
  const Specimen specimen = MakeSpecimen(6, 10, 512, Compressor::kNone);
  MemoryFileSystem files;
  const auto reader = OpenBytes(files, specimen.bytes);
  ASSERT_TRUE(reader.ok());
  CellStoreTrailer trailer = (*reader)->trailer();
  std::string with_field = trailer.Encode();
  common::PutVarint32(&with_field, 77);
  common::PutLengthPrefixed(&with_field, "from the future");
  EXPECT_EQ(CellStoreTrailer::Decode(with_field).value(), trailer);
  trailer.features = 1;
  EXPECT_EQ(CellStoreTrailer::Decode(trailer.Encode()).status().code(), StatusCode::kUnsupported);
}

TEST(CellStoreDamageTest, UndamagedFile_PassesVerification) {
  for (uint64_t seed = 20; seed < 30; ++seed) {
    const Specimen specimen = MakeSpecimen(seed, 2000, 300, Compressor::kLz4);
    MemoryFileSystem files;
    const auto reader = OpenBytes(files, specimen.bytes);
    ASSERT_TRUE(reader.ok());
    const auto verified = VerifyCellStore(**reader);
    ASSERT_TRUE(verified.ok()) << verified.status().ToString();
    EXPECT_EQ(verified->cell_count, specimen.cells.size());
    EXPECT_TRUE(VerifyCellStoreDigest(**reader).ok());
  }
}

}  // namespace
}  // namespace cellar::storage
