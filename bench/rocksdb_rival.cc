#include "bench/rocksdb_rival.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/options_util.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/parallel.h"
#include "bench/stopwatch.h"
#include "bench/workload.h"
#include "common/random/random.h"

namespace cellar::bench {
namespace {

constexpr Nanos kSettleLimit = 120 * kSecond;

Status ToStatus(const rocksdb::Status& status) {
  return status.ok() ? common::OkStatus() : common::IoError("rocksdb: " + status.ToString());
}

}  // namespace

RocksdbRival::RocksdbRival(RivalOptions options, std::unique_ptr<rocksdb::DB> database)
    : options_(std::move(options)), database_(std::move(database)) {}

RocksdbRival::~RocksdbRival() {
  database_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(options_.directory, ignored);
}

Result<std::unique_ptr<RocksdbRival>> RocksdbRival::Create(const RivalOptions& options) {
  rocksdb::ConfigOptions config;
  rocksdb::DBOptions database_options;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  RETURN_IF_ERROR(ToStatus(rocksdb::LoadOptionsFromFile(config, options.options_file, &database_options, &families)));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* database = nullptr;
  RETURN_IF_ERROR(ToStatus(rocksdb::DB::Open(database_options, options.directory, families, &handles, &database)));
  for (rocksdb::ColumnFamilyHandle* handle : handles)
    RETURN_IF_ERROR(ToStatus(database->DestroyColumnFamilyHandle(handle)));
  return std::unique_ptr<RocksdbRival>(new RocksdbRival(options, std::unique_ptr<rocksdb::DB>(database)));
}

Status RocksdbRival::Write(const Dataset& data, const std::vector<uint32_t>& part) const {
  rocksdb::WriteOptions how;
  how.sync = options_.is_durable;
  rocksdb::WriteBatch batch;
  for (const uint32_t index : part) {
    const std::string_view row = data.row(index);
    const std::string_view value = data.value(index);
    RETURN_IF_ERROR(
        ToStatus(batch.Put(rocksdb::Slice(row.data(), row.size()), rocksdb::Slice(value.data(), value.size()))));
    if (static_cast<uint64_t>(batch.Count()) < options_.batch_cells) continue;
    RETURN_IF_ERROR(ToStatus(database_->Write(how, &batch)));
    batch.Clear();
  }
  return ToStatus(database_->Write(how, &batch));
}

Result<RunCost> RocksdbRival::Insert(const Dataset& data, size_t writers) {
  std::vector<std::vector<uint32_t>> parts;
  for (size_t i = 0; i < writers; ++i) parts.push_back(data.PartOf(i, writers));
  RunCost cost;
  const Stopwatch stopwatch;
  RETURN_IF_ERROR(RunParallel(writers, [&](size_t i) { return Write(data, parts[i]); }));
  stopwatch.Read(&cost);
  cost.operations = data.size();
  return cost;
}

Status RocksdbRival::Settle(RunCost* cost) {
  const Stopwatch stopwatch;
  const bool idle = AwaitIdle({::getpid()}, kSettleLimit);
  stopwatch.AddCpu(cost);
  return idle ? common::OkStatus() : common::TimedOut("RocksDB does not come to rest");
}

Status RocksdbRival::Compact() {
  return ToStatus(database_->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr));
}

Result<RunCost> RocksdbRival::Scan() {
  RunCost cost;
  const Stopwatch stopwatch;
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  const std::unique_ptr<rocksdb::Iterator> iterator(database_->NewIterator(options));
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    AddToDigest(iterator->key().ToStringView(), iterator->value().ToStringView(), &cost.digest);
    ++cost.operations;
  }
  RETURN_IF_ERROR(ToStatus(iterator->status()));
  stopwatch.Read(&cost);
  return cost;
}

Result<Contents> RocksdbRival::ReadRows(const Dataset& data, const ReadShape& shape, uint64_t seed,
                                        uint64_t rows) const {
  SeededRandom random(seed);
  Contents found;
  std::vector<rocksdb::Slice> keys;
  std::vector<std::string> values;
  while (found.cells < rows) {
    keys.clear();
    const uint64_t count = std::min<uint64_t>(shape.batch, rows - found.cells);
    for (uint64_t i = 0; i < count; ++i) {
      const std::string_view row = data.row(random.Uniform(data.size()));
      keys.emplace_back(row.data(), row.size());
    }
    values.resize(count);
    if (count == 1) {
      RETURN_IF_ERROR(ToStatus(database_->Get(rocksdb::ReadOptions(), keys[0], &values[0])));
    } else {
      for (const rocksdb::Status& status : database_->MultiGet(rocksdb::ReadOptions(), keys, &values))
        RETURN_IF_ERROR(ToStatus(status));
    }
    for (size_t i = 0; i < count; ++i) AddToDigest(keys[i].ToStringView(), values[i], &found.digest);
    found.cells += count;
  }
  return found;
}

Result<RunCost> RocksdbRival::Read(const Dataset& data, const ReadShape& shape) {
  RunCost cost;
  const Stopwatch stopwatch;
  std::vector<Contents> found(shape.callers);
  RETURN_IF_ERROR(RunParallel(shape.callers, [&](size_t i) -> Status {
    ASSIGN_OR_RETURN(found[i], ReadRows(data, shape, shape.seed + i, shape.rows / shape.callers));
    return common::OkStatus();
  }));
  stopwatch.Read(&cost);
  for (const Contents& part : found) {
    cost.operations += part.cells;
    cost.digest += part.digest;
  }
  return cost;
}

Result<Footprint> RocksdbRival::Measure() {
  Footprint footprint;
  uint64_t memtables = 0;
  uint64_t cache = 0;
  uint64_t readers = 0;
  const bool known = database_->GetIntProperty(rocksdb::DB::Properties::kSizeAllMemTables, &memtables) &&
                     database_->GetIntProperty(rocksdb::DB::Properties::kBlockCacheUsage, &cache) &&
                     database_->GetIntProperty(rocksdb::DB::Properties::kEstimateTableReadersMem, &readers) &&
                     database_->GetIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &footprint.file_bytes);
  if (!known) return common::Unsupported("this RocksDB does not tell its sizes");
  footprint.resident_bytes = memtables + cache + readers;
  return footprint;
}

}  // namespace cellar::bench
