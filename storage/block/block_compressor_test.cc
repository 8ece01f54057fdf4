#include "storage/block/block_compressor.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/random/random.h"

namespace cellar::storage {
namespace {

using model::Compressor;
using model::CompressorSpec;

CompressorSpec Spec(Compressor compressor, int level = 0, bool long_window = false) {
  CompressorSpec spec;
  spec.compressor = compressor;
  spec.level = level;
  spec.long_window = long_window;
  return spec;
}

std::vector<CompressorSpec> AllSpecs() {
  return {Spec(Compressor::kNone),         Spec(Compressor::kSnappy),  Spec(Compressor::kLz4),
          Spec(Compressor::kZlib, 1),      Spec(Compressor::kZlib, 6), Spec(Compressor::kZlib, 9),
          Spec(Compressor::kZstd),         Spec(Compressor::kZstd, 1), Spec(Compressor::kZstd, 19),
          Spec(Compressor::kZstd, 9, true)};
}

std::string Text(size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += "row" + std::to_string(i % 97) + "\tvalue\n";
  text.resize(size);
  return text;
}

TEST(BlockCompressorTest, EverySpec_RoundTripsEverySize) {
  for (const CompressorSpec& spec : AllSpecs()) {
    BlockCompressor compressor(spec);
    for (const size_t size : {0, 1, 7, 64, 1000, 65'536, 300'000}) {
      const std::string raw = Text(size);
      std::string stored = "left from before";
      const Compressor codec = compressor.Compress(raw, &stored);
      EXPECT_LE(stored.size(), raw.size());
      if (size >= 1000) EXPECT_EQ(codec, spec.compressor);
      std::string back(size, 'x');
      EXPECT_TRUE(Decompress(codec, stored, back.data(), back.size()).ok());
      EXPECT_EQ(back, raw);
    }
  }
}

TEST(BlockCompressorTest, WhatDoesNotShrink_IsStoredAsItIs) {
  SeededRandom random(7);
  std::string raw;
  for (int i = 0; i < 4096; ++i) raw.push_back(static_cast<char>(random.Next()));
  for (const CompressorSpec& spec : AllSpecs()) {
    std::string stored;
    EXPECT_EQ(BlockCompressor(spec).Compress(raw, &stored), Compressor::kNone);
    EXPECT_EQ(stored, raw);
  }
}

TEST(BlockCompressorTest, DeclaredSizeThatIsWrong_IsCorruption) {
  for (const CompressorSpec& spec : AllSpecs()) {
    const std::string raw = Text(5000);
    std::string stored;
    const Compressor codec = BlockCompressor(spec).Compress(raw, &stored);
    for (const size_t declared : {size_t{0}, stored.size(), raw.size() - 1, raw.size() + 1}) {
      if (declared == raw.size()) continue;
      std::string back(declared, 'x');
      EXPECT_EQ(Decompress(codec, stored, back.data(), declared).code(), StatusCode::kCorruption);
    }
  }
}

TEST(BlockCompressorTest, DamagedInput_NeverWritesOutside) {
  SeededRandom random(11);
  for (const CompressorSpec& spec : AllSpecs()) {
    const std::string raw = Text(3000);
    std::string stored;
    const Compressor codec = BlockCompressor(spec).Compress(raw, &stored);
    for (int i = 0; i < 300; ++i) {
      std::string damaged = stored;
      damaged[random.Uniform(damaged.size())] = static_cast<char>(random.Next());
      if (random.OneIn(3)) damaged.resize(random.Uniform(damaged.size()));
      auto back = std::make_unique<char[]>(raw.size());  // its own allocation, so that asan sees an overrun
      (void)Decompress(codec, damaged, back.get(), raw.size());
    }
  }
}

}  // namespace
}  // namespace cellar::storage
