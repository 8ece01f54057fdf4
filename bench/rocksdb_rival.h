#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/contender.h"

namespace rocksdb {
class DB;
}

namespace cellar::bench {

struct RivalOptions {
  std::string directory;        ///< Made, and removed at the end with all that is in it.
  std::string options_file;     ///< bench/rocksdb_options.ini
  uint64_t batch_cells = 1000;  ///< Cells a WriteBatch.
  bool is_durable = true;       ///< WriteOptions::sync. False: acknowledged out of the page cache.

  RivalOptions() = default;
};

/// RocksDB in this process, its log on: the rival. Every batch is synced before it is acknowledged (WriteOptions::sync,
/// fdatasync of the log; batches of several writers share one), as every group of Cellar's commit log is.
class RocksdbRival final : public Contender {
 public:
  static Result<std::unique_ptr<RocksdbRival>> Create(const RivalOptions& options);
  ~RocksdbRival() override;

  Result<RunCost> Insert(const Dataset& data, size_t writers) override;
  Status Settle(RunCost* cost) override;
  Status Compact() override;
  Result<RunCost> Scan() override;
  Result<RunCost> Read(const Dataset& data, const ReadShape& shape) override;
  Result<Footprint> Measure() override;
  Contents Expected(const Dataset& data) const override { return data.last_of_each_row(); }

 private:
  RocksdbRival(RivalOptions options, std::unique_ptr<rocksdb::DB> database);

  Status Write(const Dataset& data, const std::vector<uint32_t>& part) const;
  Result<Contents> ReadRows(const Dataset& data, const ReadShape& shape, uint64_t seed, uint64_t rows) const;

  const RivalOptions options_;
  std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace cellar::bench
