#pragma once

#include <memory>
#include <string>

#include "bench/workload.h"
#include "common/base/result.h"

namespace rocksdb {
class DB;
}

namespace cellar::bench {

/// RocksDB in this process: the rival of B1, B6 and B8. Options: bench/rocksdb_options.ini. Every batch is synced, as
/// every group of Cellar's commit log is.
class RocksdbRival {
 public:
  /// Opens a new database in `directory`, which must not exist.
  static Result<std::unique_ptr<RocksdbRival>> Create(const std::string& directory, const std::string& options_file);
  ~RocksdbRival();

  /// B1: `cells` cells of `seed`, in batches of `batch` cells, log on and synced; ends when all is acknowledged.
  Result<RunCost> Insert(uint64_t seed, uint64_t cells, uint64_t batch);

  /// Flush and full compaction, outside of any measurement.
  Status Compact();

  /// B6: one pass over everything.
  Result<RunCost> Scan();

  /// B8: `reads` point reads of rows of `seed`, drawn from the first `loaded` cells, in batches of `batch` (MultiGet).
  Result<RunCost> PointReads(uint64_t seed, uint64_t loaded, uint64_t reads, uint64_t batch);

 private:
  explicit RocksdbRival(std::unique_ptr<rocksdb::DB> database);

  std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace cellar::bench
