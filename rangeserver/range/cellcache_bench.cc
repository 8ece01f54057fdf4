#include <benchmark/benchmark.h>

#include <map>

#include "common/random/random.h"
#include "rangeserver/range/cell_cache.h"

// B1's cells (8 decimal digits, 16 bytes of value) in frames of 10,000, as a range server gets them: sorted within a
// frame.

namespace cellar::rangeserver {
namespace {

constexpr int kCellsPerFrame = 10'000;

std::vector<std::string> MakeFrames(int frame_count) {
  common::SeededRandom random(1);
  std::vector<std::string> frames;
  for (int i = 0; i < frame_count; ++i) {
    model::FrameBuilder builder{model::KeyCodec()};
    for (int j = 0; j < kCellsPerFrame; ++j) {
      char row[9];
      std::snprintf(row, sizeof(row), "%08d", static_cast<int>(random.Uniform(100'000'000)));
      model::KeyView key;
      key.row = row;
      key.family = model::FamilyId{1};
      builder.Add(key, "0123456789abcdef");
    }
    frames.push_back(builder.Build());
  }
  return frames;
}

void BM_FrameBuilder(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(MakeFrames(1));
  state.SetItemsProcessed(state.iterations() * kCellsPerFrame);
}
BENCHMARK(BM_FrameBuilder);

void BM_ParseFrame(benchmark::State& state) {
  const std::string frame = MakeFrames(1)[0];
  for (auto _ : state) benchmark::DoNotOptimize(model::ParseFrame(frame, model::CellLimits(), model::KeyCodec()));
  state.SetItemsProcessed(state.iterations() * kCellsPerFrame);
}
BENCHMARK(BM_ParseFrame);

std::shared_ptr<CellCache> Fill(const std::vector<std::string>& frames) {
  auto cache = std::make_shared<CellCache>();
  int64_t base = 1;
  std::vector<CellCache::Input> inputs;
  for (const std::string& frame : frames) {
    const auto view = model::ParseFrame(frame, model::CellLimits(), model::KeyCodec());
    model::CellReader reader(view->cells);
    CellCache::Input input;
    input.family = model::FamilyId{1};
    while (reader.Next(&input.cell)) {
      inputs.push_back(input);
      if (inputs.size() < CellCache::kMaxAddCells) continue;
      cache->Add(inputs, model::Revision{base}, model::KeyCodec());
      inputs.clear();
    }
    cache->Add(inputs, model::Revision{base}, model::KeyCodec());
    inputs.clear();
    base += kCellsPerFrame;
  }
  return cache;
}

void BM_CellCacheAdd(benchmark::State& state) {
  const std::vector<std::string> frames = MakeFrames(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto cache = Fill(frames);
    const CellCache::Stats stats = cache->stats();
    state.counters["overhead_bytes"] =
        static_cast<double>(stats.memory_bytes - stats.payload_bytes) / static_cast<double>(stats.cell_count);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * kCellsPerFrame);
}
BENCHMARK(BM_CellCacheAdd)->Arg(10)->Arg(100)->Arg(300)->Unit(benchmark::kMillisecond);

void BM_StdMapInsert(benchmark::State& state) {
  const std::vector<std::string> frames = MakeFrames(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    std::map<std::string, std::string> map;
    int64_t base = 1;
    for (const std::string& frame : frames) {
      const auto view = model::ParseFrame(frame, model::CellLimits(), model::KeyCodec());
      model::CellReader reader(view->cells);
      model::EncodedCell cell;
      while (reader.Next(&cell)) {
        std::string key;
        model::AppendWholeKey(cell, model::Revision{base}, model::KeyCodec(), &key);
        map.emplace(std::move(key), cell.value);
      }
      base += kCellsPerFrame;
    }
    benchmark::DoNotOptimize(map);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * kCellsPerFrame);
}
BENCHMARK(BM_StdMapInsert)->Arg(100)->Unit(benchmark::kMillisecond);

void BM_CellCacheScan(benchmark::State& state) {
  const auto cache = Fill(MakeFrames(100));
  for (auto _ : state) {
    const auto source = cache->NewSource("", "");
    uint64_t bytes = 0;
    for (source->SeekToFirst(); source->Valid(); source->Next()) bytes += source->key().size() + source->value().size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(state.iterations() * 100 * kCellsPerFrame);
}
BENCHMARK(BM_CellCacheScan)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cellar::rangeserver

BENCHMARK_MAIN();
