// One file of B1 cells, written, scanned and read by key: a CellStore beside RocksDB's table file of the same cells.
// All blocks are in a cache of decompressed blocks, unless the name says "file".

#include <benchmark/benchmark.h>
#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/workload.h"
#include "common/base/check.h"
#include "common/file/memory_file_system.h"
#include "model/scan_block.h"
#include "rangeserver/scan/scan.h"
#include "storage/cellstore/cellstore_reader.h"
#include "storage/cellstore/cellstore_writer.h"
#include "storage/merge_source.h"

namespace cellar::bench {
namespace {

constexpr size_t kCellCount = 1'000'000;
constexpr size_t kCacheBytes = size_t{1} << 30;
constexpr int64_t kFirstRevision = 1'700'000'000'000'000'000;
constexpr int64_t kRevisionStep = 200;  // five million writes a second

using EncodedCells = std::vector<std::pair<std::string, std::string>>;

/// Sorts cells and lays them side by side, so that reading them costs no cache misses.
class PackedCells {
 public:
  explicit PackedCells(EncodedCells cells) {
    std::sort(cells.begin(), cells.end());
    const auto same_row = [](const auto& a, const auto& b) { return a.first == b.first; };
    cells.erase(std::unique(cells.begin(), cells.end(), same_row), cells.end());
    size_t size = 0;
    for (const auto& [key, value] : cells) size += key.size() + value.size();
    bytes_.reserve(size);
    for (const auto& [key, value] : cells) {
      const char* const begin = bytes_.data() + bytes_.size();
      bytes_.append(key).append(value);
      views_.emplace_back(std::string_view(begin, key.size()), std::string_view(begin + key.size(), value.size()));
    }
  }
  PackedCells(PackedCells&&) = default;

  const std::vector<std::pair<std::string_view, std::string_view>>& views() const { return views_; }

 private:
  std::string bytes_;
  std::vector<std::pair<std::string_view, std::string_view>> views_;
};

/// Cells in key order, split over `file_count` files at random.
class Store {
 public:
  Store(model::Compressor compressor, uint32_t block_size, size_t file_count) : cache_(kCacheBytes) {
    options_.compressor.compressor = compressor;
    options_.block_size_bytes = block_size;
    model::SchemaDefinition definition;
    definition.families.emplace_back().name = "f";
    schema_ = std::make_shared<const model::Schema>(model::Schema::Create(std::move(definition)).value());
    std::vector<EncodedCells> parts(file_count);
    InsertWorkload workload(1);
    for (size_t i = 0; i < kCellCount; ++i) {
      workload.Next();
      rows_.push_back(workload.row());
      std::string key;
      model::KeyView view;
      view.row = workload.row();
      view.family = model::FamilyId{1};
      view.revision = model::Revision{kFirstRevision + static_cast<int64_t>(i) * kRevisionStep};
      view.timestamp = view.revision.get();
      schema_->key_codec().Encode(view, &key);
      parts[i % file_count].emplace_back(std::move(key), workload.value());
    }
    for (size_t i = 0; i < file_count; ++i) {
      cells_.emplace_back(std::move(parts[i]));
      Write(i);
    }
  }

  void Write(size_t i) {
    const std::string path = "cs" + std::to_string(i);
    (void)files_.Remove(path);
    auto writer = storage::CellStoreWriter::Create(files_, path, Incarnation(FencingNumber{1, 1}),
                                                   storage::CellStoreIdentity{.file = model::FileId{i + 1}}, options_,
                                                   schema_->key_codec());
    CHECK(writer.ok());
    for (const auto& [key, value] : cells_[i].views()) CHECK((*writer)->Add(key, value).ok());
    CHECK((*writer)->Finish().ok());
  }

  std::vector<std::shared_ptr<const storage::CellStoreReader>> Open(bool cached) {
    std::vector<std::shared_ptr<const storage::CellStoreReader>> readers;
    storage::CellStoreReadOptions options;
    if (cached) options.cache = &cache_;
    for (size_t i = 0; i < cells_.size(); ++i) {
      auto reader = storage::CellStoreReader::Open(files_, "cs" + std::to_string(i), options);
      CHECK(reader.ok());
      readers.push_back(std::move(reader).value());
    }
    return readers;
  }

  const std::shared_ptr<const model::Schema>& schema() const { return schema_; }
  const std::vector<std::string>& rows() const { return rows_; }

 private:
  storage::CellStoreOptions options_;
  std::shared_ptr<const model::Schema> schema_;
  MemoryFileSystem files_;
  storage::BlockCache cache_;
  std::vector<PackedCells> cells_;
  std::vector<std::string> rows_;
};

void ReportCells(benchmark::State& state, size_t cells) {
  state.counters["cells/s"] = benchmark::Counter(static_cast<double>(cells), benchmark::Counter::kIsRate);
}

uint64_t ReadAll(storage::CellSource& source) {
  uint64_t bytes = 0;
  for (source.SeekToFirst(); source.Valid(); source.Next()) bytes += source.key().size() + source.value().size();
  CHECK(source.status().ok());
  return bytes;
}

void BM_Write(benchmark::State& state) {
  Store store(static_cast<model::Compressor>(state.range(0)), 64 << 10, 1);
  store.Write(0);
  for (auto _ : state) store.Write(0);
  ReportCells(state, state.iterations() * kCellCount);
  const auto reader = store.Open(false)[0];
  state.counters["bytes/cell"] = static_cast<double>(reader->file_size_bytes()) / kCellCount;
}
BENCHMARK(BM_Write)->ArgName("codec")->Arg(0)->Arg(1)->Arg(2)->Arg(4)->Unit(benchmark::kMillisecond);

void BM_ScanSource(benchmark::State& state) {
  Store store(model::Compressor::kLz4, 64 << 10, static_cast<size_t>(state.range(0)));
  const auto readers = store.Open(state.range(1) != 0);
  for (auto _ : state) {
    std::vector<std::unique_ptr<storage::CellSource>> sources;
    for (const auto& reader : readers) sources.push_back(reader->NewSource());
    if (sources.size() == 1) {
      benchmark::DoNotOptimize(ReadAll(*sources[0]));
    } else {
      storage::MergeSource merge(std::move(sources));
      benchmark::DoNotOptimize(ReadAll(merge));
    }
  }
  ReportCells(state, state.iterations() * kCellCount);
}
BENCHMARK(BM_ScanSource)
    ->ArgNames({"files", "cached"})
    ->Args({1, 1})
    ->Args({1, 0})
    ->Args({4, 1})
    ->Args({4, 0})
    ->Unit(benchmark::kMillisecond);

rangeserver::ScanInput InputOf(const std::vector<std::shared_ptr<const storage::CellStoreReader>>& readers,
                               model::RowInterval rows) {
  rangeserver::ScanInput input;
  input.rows = std::move(rows);
  input.snapshot = model::Revision{INT64_MAX};
  input.open_sources = [&readers](const model::FamilySet& families, const model::RowInterval& wanted) {
    std::vector<std::unique_ptr<storage::CellSource>> sources;
    const model::FamilyId family{1};
    (void)families;
    for (const auto& reader : readers) {
      if (wanted.IsSingleRow() && !reader->MayContain(wanted.start, {&family, 1}).value()) continue;
      sources.push_back(reader->NewSource(storage::KeyBounds::Of(wanted)));
    }
    return Result<std::vector<std::unique_ptr<storage::CellSource>>>(std::move(sources));
  };
  return input;
}

void BM_ScanToBlocks(benchmark::State& state) {
  Store store(model::Compressor::kLz4, 64 << 10, static_cast<size_t>(state.range(0)));
  const auto readers = store.Open(true);
  model::ScanSpec spec;
  if (state.range(1) == 1) spec.value_regex = "^0000";
  if (state.range(1) == 2) spec.max_versions = 1;
  const auto plan = rangeserver::ScanPlan::Make(store.schema(), spec).value();
  for (auto _ : state) {
    auto scan = rangeserver::Scan::Open(plan, InputOf(readers, model::RowInterval::All())).value();
    bool more = true;
    while (more) {
      model::ScanBlockWriter block;
      more = scan->Fill(256 << 10, &block).value().more;
      benchmark::DoNotOptimize(block.Finish());
    }
  }
  ReportCells(state, state.iterations() * kCellCount);
}
BENCHMARK(BM_ScanToBlocks)
    ->ArgNames({"files", "filter"})
    ->Args({1, 0})
    ->Args({4, 0})
    ->Args({1, 1})
    ->Args({1, 2})
    ->Unit(benchmark::kMillisecond);

void BM_Get(benchmark::State& state) {
  Store store(model::Compressor::kLz4, static_cast<uint32_t>(state.range(0)), 1);
  const auto readers = store.Open(true);
  const auto plan = rangeserver::ScanPlan::Make(store.schema(), {}).value();
  const bool hits = state.range(1) != 0;
  SeededRandom random(2);
  size_t found = 0;
  model::ScanBlockWriter block;
  for (auto _ : state) {
    std::string row = store.rows()[random.Uniform(store.rows().size())];
    if (!hits) row.push_back('x');
    auto scan = rangeserver::Scan::Open(plan, InputOf(readers, model::RowInterval::Row(row))).value();
    CHECK(scan->Fill(256 << 10, &block).ok());
    found += scan->cells_given();
    if (block.size_bytes() > 100'000) benchmark::DoNotOptimize(block.Finish());
  }
  CHECK((found > 0) == hits);
  ReportCells(state, state.iterations());
}
BENCHMARK(BM_Get)->ArgNames({"block", "hit"})->Args({16 << 10, 1})->Args({64 << 10, 1})->Args({64 << 10, 0});

// ---- The rival

class Rival {
 public:
  Rival() {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(kCacheBytes);
    table.block_size = 16 << 10;
    table.format_version = 5;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    options_.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options_.compression = rocksdb::kLZ4Compression;
    path_ = std::string(std::getenv("TMPDIR") != nullptr ? std::getenv("TMPDIR") : "/tmp") + "/cellstore_bench.sst";
    InsertWorkload workload(1);
    EncodedCells cells;
    for (size_t i = 0; i < kCellCount; ++i) {
      workload.Next();
      rows_.push_back(workload.row());
      cells.emplace_back(workload.row(), workload.value());
    }
    cells_ = std::make_unique<PackedCells>(std::move(cells));
    Write();
    reader_ = std::make_unique<rocksdb::SstFileReader>(options_);
    CHECK(reader_->Open(path_).ok());
  }
  ~Rival() { std::remove(path_.c_str()); }

  uint64_t Write() {
    rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options_);
    CHECK(writer.Open(path_).ok());
    for (const auto& [key, value] : cells_->views())
      CHECK(writer.Put(rocksdb::Slice(key.data(), key.size()), rocksdb::Slice(value.data(), value.size())).ok());
    rocksdb::ExternalSstFileInfo info;
    CHECK(writer.Finish(&info).ok());
    return info.file_size;
  }

  std::unique_ptr<rocksdb::Iterator> NewIterator() {
    return std::unique_ptr<rocksdb::Iterator>(reader_->NewIterator(rocksdb::ReadOptions()));
  }
  size_t cell_count() const { return cells_->views().size(); }
  const std::vector<std::string>& rows() const { return rows_; }

 private:
  rocksdb::Options options_;
  std::string path_;
  std::unique_ptr<PackedCells> cells_;
  std::vector<std::string> rows_;
  std::unique_ptr<rocksdb::SstFileReader> reader_;
};

void BM_RivalWrite(benchmark::State& state) {
  Rival rival;
  uint64_t bytes = 0;
  for (auto _ : state) bytes = rival.Write();
  ReportCells(state, state.iterations() * rival.cell_count());
  state.counters["bytes/cell"] = static_cast<double>(bytes) / static_cast<double>(rival.cell_count());
}
BENCHMARK(BM_RivalWrite)->Unit(benchmark::kMillisecond);

void BM_RivalScan(benchmark::State& state) {
  Rival rival;
  for (auto _ : state) {
    uint64_t bytes = 0;
    const auto iterator = rival.NewIterator();
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next())
      bytes += iterator->key().size() + iterator->value().size();
    benchmark::DoNotOptimize(bytes);
  }
  ReportCells(state, state.iterations() * rival.cell_count());
}
BENCHMARK(BM_RivalScan)->Unit(benchmark::kMillisecond);

void BM_RivalGet(benchmark::State& state) {
  Rival rival;
  SeededRandom random(2);
  uint64_t bytes = 0;
  const auto iterator = rival.NewIterator();
  for (auto _ : state) {
    iterator->Seek(rival.rows()[random.Uniform(rival.rows().size())]);
    bytes += iterator->value().size();
  }
  benchmark::DoNotOptimize(bytes);
  ReportCells(state, state.iterations());
}
BENCHMARK(BM_RivalGet);

}  // namespace
}  // namespace cellar::bench

BENCHMARK_MAIN();
