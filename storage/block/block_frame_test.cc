#include "storage/block/block_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cellar::storage {
namespace {

using model::Compressor;
using model::FileId;

constexpr FileId kFile{0x100000002};
constexpr uint64_t kOffset = 4096;

struct Framed {
  std::string bytes;
  BlockHandle handle;
};

Framed Frame(std::string_view raw, Compressor wanted = Compressor::kNone) {
  model::CompressorSpec spec;
  spec.compressor = wanted;
  std::string stored;
  const Compressor codec = BlockCompressor(spec).Compress(raw, &stored);
  Framed framed;
  framed.handle = {kOffset, AppendFrame(kFile, kOffset, BlockKind::kData, codec, raw.size(), stored, &framed.bytes)};
  return framed;
}

TEST(BlockFrameTest, Frame_OpensToTheSameBytes) {
  for (const std::string& raw : {std::string(), std::string("a"), std::string(5000, 'x')}) {
    const Framed framed = Frame(raw, Compressor::kLz4);
    const auto block = OpenFrame(kFile, framed.handle, BlockKind::kData, framed.bytes);
    ASSERT_TRUE(block.ok()) << block.status().ToString();
    EXPECT_EQ(block->view(), raw);
  }
}

TEST(BlockFrameTest, EverySingleBitFlip_IsDetected) {
  const Framed framed = Frame("the quick brown fox");
  for (size_t bit = 0; bit < framed.bytes.size() * 8; ++bit) {
    std::string damaged = framed.bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto block = OpenFrame(kFile, framed.handle, BlockKind::kData, damaged);
    ASSERT_FALSE(block.ok()) << bit;
    EXPECT_EQ(block.status().code(), StatusCode::kCorruption);
    EXPECT_THAT(block.status().ToString(), testing::HasSubstr("offset 4096"));
  }
}

TEST(BlockFrameTest, OtherFileOrPlace_IsDetected) {
  const Framed framed = Frame("abc");
  EXPECT_FALSE(OpenFrame(FileId{7}, framed.handle, BlockKind::kData, framed.bytes).ok());
  EXPECT_FALSE(OpenFrame(kFile, {kOffset + 1, framed.handle.length}, BlockKind::kData, framed.bytes).ok());
}

TEST(BlockFrameTest, OtherKind_IsDetected) {
  const Framed framed = Frame("abc");
  EXPECT_FALSE(OpenFrame(kFile, framed.handle, BlockKind::kFilter, framed.bytes).ok());
}

TEST(BlockFrameTest, Truncation_IsDetected) {
  const Framed framed = Frame("some bytes");
  for (size_t size = 0; size < framed.bytes.size(); ++size) {
    const std::string_view cut = std::string_view(framed.bytes).substr(0, size);
    EXPECT_FALSE(OpenFrame(kFile, framed.handle, BlockKind::kData, cut).ok());
    EXPECT_FALSE(OpenFrame(kFile, {kOffset, static_cast<uint32_t>(size)}, BlockKind::kData, cut).ok());
  }
}

TEST(BlockFrameTest, DeclaredSizeBeyondTheCap_IsRefusedBeforeAllocation) {
  std::string header(kFrameHeaderBytes, '\0');
  header[11] = '\x7f';  // raw_length of 2 GiB
  header[13] = 1;
  EXPECT_EQ(FrameHeader::Parse(header).status().code(), StatusCode::kCorruption);
}

TEST(BlockFrameTest, UnknownCodecKindOrCipher_IsUnsupported) {
  for (const int place : {12, 13, 14}) {
    std::string header(kFrameHeaderBytes, '\0');
    header[13] = 1;
    header[static_cast<size_t>(place)] = 99;
    EXPECT_EQ(FrameHeader::Parse(header).status().code(), StatusCode::kUnsupported);
  }
}

}  // namespace
}  // namespace cellar::storage
