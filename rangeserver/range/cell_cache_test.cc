#include "rangeserver/range/cell_cache.h"

#include <gtest/gtest.h>

#include <map>

#include "common/concurrency/thread.h"
#include "common/random/random.h"

namespace cellar::rangeserver {
namespace {

using model::Revision;

/// Keeps the bytes that CellCache::Input borrows.
struct Batch {
  std::vector<std::string> prefixes;
  std::vector<CellCache::Input> inputs;

  void Add(const std::string& row, const std::string& value, model::KeyFlag flag = model::KeyFlag::kInsert) {
    values.push_back(std::make_unique<std::string>(value));
    keys.push_back(std::make_unique<std::string>());
    const model::FamilyId family{static_cast<uint8_t>(flag == model::KeyFlag::kDeleteRow ? 0 : 1)};
    model::AppendKeyPrefix(row, family, "", flag, keys.back().get());
    CellCache::Input& input = inputs.emplace_back();
    input.cell.key_prefix = *keys.back();
    input.cell.value = *values.back();
    input.cell.ordinal = static_cast<uint32_t>(inputs.size() - 1);
    input.family = family;
  }

  std::vector<std::unique_ptr<std::string>> values;
  std::vector<std::unique_ptr<std::string>> keys;
};

std::string RandomRow(common::SeededRandom& random) {
  std::string row = random.OneIn(2) ? "common/prefix/" : "";
  for (uint64_t i = 0; i <= random.Uniform(10); ++i) row.push_back(static_cast<char>(random.Uniform(4) * 85));
  return row;
}

TEST(CellCacheTest, RandomBatches_ReadBackInOrderFromAnywhere) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    common::SeededRandom random(seed);
    auto cache = std::make_shared<CellCache>();
    std::map<std::string, std::string> expected;
    int64_t base = 1;
    for (int i = 0; i < 30; ++i) {
      Batch batch;
      for (uint64_t j = 0; j < 1 + random.Uniform(400); ++j)
        batch.Add(RandomRow(random), std::to_string(base + static_cast<int64_t>(j)));
      cache->Add(batch.inputs, Revision{base}, model::KeyCodec());
      for (const CellCache::Input& input : batch.inputs) {
        std::string key;
        model::AppendWholeKey(input.cell, Revision{base}, model::KeyCodec(), &key);
        expected[key] = std::string(input.cell.value);
      }
      base += static_cast<int64_t>(batch.inputs.size());
    }
    cache->CheckInvariants();
    EXPECT_EQ(cache->stats().cell_count, expected.size());
    const auto source = cache->NewSource("", "");
    source->SeekToFirst();
    for (const auto& [key, value] : expected) {
      ASSERT_TRUE(source->Valid());
      ASSERT_EQ(source->key(), key);
      ASSERT_EQ(source->value(), value);
      source->Next();
    }
    EXPECT_FALSE(source->Valid());
    for (int i = 0; i < 500; ++i) {
      const std::string target =
          random.OneIn(2) ? model::RowStart(RandomRow(random))
                          : std::next(expected.begin(), static_cast<int64_t>(random.Uniform(expected.size())))->first;
      source->Seek(target);
      auto at = expected.lower_bound(target);
      for (int j = 0; j < 40 && at != expected.end(); ++j, ++at, source->Next()) {
        ASSERT_TRUE(source->Valid());
        ASSERT_EQ(source->key(), at->first);
      }
    }
  }
}

TEST(CellCacheTest, Source_StaysWithinItsBounds) {
  auto cache = std::make_shared<CellCache>();
  Batch batch;
  for (const char* row : {"a", "b", "c", "d"}) batch.Add(row, row);
  cache->Add(batch.inputs, Revision{1}, model::KeyCodec());
  const auto source = cache->NewSource(model::RowStart("b"), model::RowEnd("c"));
  source->SeekToFirst();
  EXPECT_EQ(source->value(), "b");
  source->Next();
  EXPECT_EQ(source->value(), "c");
  source->Next();
  EXPECT_FALSE(source->Valid());
  source->Seek(model::RowStart("a"));
  EXPECT_EQ(source->value(), "b");
  source->Seek(model::RowStart("d"));
  EXPECT_FALSE(source->Valid());
}

TEST(CellCacheTest, Stats_CountMarkersAndMemory) {
  auto cache = std::make_shared<CellCache>();
  Batch batch;
  batch.Add("a", "value");
  batch.Add("b", "", model::KeyFlag::kDeleteRow);
  batch.inputs[0].expirable = true;
  cache->Add(batch.inputs, Revision{1}, model::KeyCodec());
  const CellCache::Stats stats = cache->stats();
  EXPECT_EQ(stats.cell_count, 2u);
  EXPECT_EQ(stats.marker_count[0], 1u);
  EXPECT_EQ(stats.expirable_count, 1u);
  EXPECT_EQ(stats.payload_bytes, 2 * (5 + model::kKeySuffixBytes) + 5);
}

TEST(CellCacheTest, Overhead_IsBelow48BytesACell) {
  common::SeededRandom random(1);
  auto cache = std::make_shared<CellCache>();
  int64_t base = 1;
  for (int i = 0; i < 200; ++i) {
    Batch batch;
    for (int j = 0; j < 1000; ++j) batch.Add(std::to_string(random.Uniform(100'000'000)), "0123456789abcdef");
    cache->Add(batch.inputs, Revision{base}, model::KeyCodec());
    base += 1000;
  }
  const CellCache::Stats stats = cache->stats();
  EXPECT_LT(stats.memory_bytes, stats.payload_bytes + 48 * stats.cell_count);
}

TEST(CellCacheTest, ReadersBesideAWriter_SeeEverythingThatWasThereBefore) {
  auto cache = std::make_shared<CellCache>();
  constexpr int kBatches = 200;
  std::atomic<int> applied{0};
  common::Thread writer("writer", [&] {
    common::SeededRandom random(5);
    for (int i = 0; i < kBatches; ++i) {
      Batch batch;
      for (int j = 0; j < 50; ++j) batch.Add(std::to_string(random.Uniform(100000)), "v");
      cache->Add(batch.inputs, Revision{1 + i * 50}, model::KeyCodec());
      applied.store(i + 1);
    }
  });
  while (applied.load() < kBatches) {
    const int before = applied.load();
    const auto source = cache->NewSource("", "");
    int count = 0;
    std::string previous;
    for (source->SeekToFirst(); source->Valid(); source->Next()) {
      ASSERT_LT(previous, source->key());
      previous = std::string(source->key());
      if (model::KeyRevision(previous) <= Revision{before * 50}) ++count;
    }
    ASSERT_EQ(count, before * 50);
  }
  writer.Join();
}

}  // namespace
}  // namespace cellar::rangeserver
