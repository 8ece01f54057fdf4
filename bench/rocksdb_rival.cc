#include "bench/rocksdb_rival.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/options_util.h>
#include <rocksdb/write_batch.h>

#include <vector>

#include "bench/stopwatch.h"

namespace cellar::bench {
namespace {

Status ToStatus(const rocksdb::Status& status) {
  return status.ok() ? common::OkStatus() : common::IoError("rocksdb: " + status.ToString());
}

/// The rows of the first `loaded` cells of a workload, in order.
std::vector<std::string> LoadedRows(uint64_t seed, uint64_t loaded) {
  InsertWorkload workload(seed);
  std::vector<std::string> rows;
  rows.reserve(loaded);
  for (uint64_t i = 0; i < loaded; ++i) {
    workload.Next();
    rows.push_back(workload.row());
  }
  return rows;
}

}  // namespace

RocksdbRival::RocksdbRival(std::unique_ptr<rocksdb::DB> database) : database_(std::move(database)) {}
RocksdbRival::~RocksdbRival() = default;

Result<std::unique_ptr<RocksdbRival>> RocksdbRival::Create(const std::string& directory,
                                                           const std::string& options_file) {
  rocksdb::ConfigOptions config;
  rocksdb::DBOptions options;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  RETURN_IF_ERROR(ToStatus(rocksdb::LoadOptionsFromFile(config, options_file, &options, &families)));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* database = nullptr;
  RETURN_IF_ERROR(ToStatus(rocksdb::DB::Open(options, directory, families, &handles, &database)));
  for (rocksdb::ColumnFamilyHandle* handle : handles)
    RETURN_IF_ERROR(ToStatus(database->DestroyColumnFamilyHandle(handle)));
  return std::unique_ptr<RocksdbRival>(new RocksdbRival(std::unique_ptr<rocksdb::DB>(database)));
}

Result<RunCost> RocksdbRival::Insert(uint64_t seed, uint64_t cells, uint64_t batch_cells) {
  InsertWorkload workload(seed);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  RunCost cost;
  const Stopwatch stopwatch;
  for (uint64_t done = 0; done < cells;) {
    rocksdb::WriteBatch batch;
    for (uint64_t i = 0; i < batch_cells && done < cells; ++i, ++done) {
      workload.Next();
      RETURN_IF_ERROR(ToStatus(batch.Put(workload.row(), workload.value())));
    }
    RETURN_IF_ERROR(ToStatus(database_->Write(durable, &batch)));
  }
  stopwatch.Read(&cost);
  cost.cells = cells;
  return cost;
}

Status RocksdbRival::Compact() {
  return ToStatus(database_->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr));
}

Result<RunCost> RocksdbRival::Scan() {
  RunCost cost;
  const Stopwatch stopwatch;
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  std::unique_ptr<rocksdb::Iterator> iterator(database_->NewIterator(options));
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    AddToDigest(iterator->key().ToStringView(), iterator->value().ToStringView(), &cost.digest);
    ++cost.cells;
  }
  RETURN_IF_ERROR(ToStatus(iterator->status()));
  stopwatch.Read(&cost);
  return cost;
}

Result<RunCost> RocksdbRival::PointReads(uint64_t seed, uint64_t loaded, uint64_t reads, uint64_t batch) {
  const std::vector<std::string> rows = LoadedRows(seed, loaded);
  SeededRandom random(seed + 1);
  RunCost cost;
  const Stopwatch stopwatch;
  std::vector<rocksdb::Slice> keys;
  std::vector<std::string> values;
  while (cost.cells < reads) {
    keys.clear();
    for (uint64_t i = 0; i < batch; ++i) keys.emplace_back(rows[random.Uniform(loaded)]);
    const std::vector<rocksdb::Status> statuses = database_->MultiGet(rocksdb::ReadOptions(), keys, &values);
    for (size_t i = 0; i < keys.size(); ++i) {
      RETURN_IF_ERROR(ToStatus(statuses[i]));
      AddToDigest(keys[i].ToStringView(), values[i], &cost.digest);
    }
    cost.cells += batch;
  }
  stopwatch.Read(&cost);
  return cost;
}

}  // namespace cellar::bench
