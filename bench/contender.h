#pragma once

#include <cstdint>
#include <string>

#include "bench/dataset.h"
#include "common/base/result.h"

namespace cellar::bench {

/// What one run of one system took.
struct RunCost {
  double wall_seconds = 0;
  double client_cpu_seconds = 0;  ///< Of this process, where the client is, and of the rival in process.
  double server_cpu_seconds = 0;  ///< Of the server's process.
  double foreign_cores = 0;       ///< Cores that others kept busy meanwhile: many make the wall time worthless.
  uint64_t operations = 0;        ///< Cells written or read, rows asked for.
  uint64_t digest = 0;            ///< Order-independent digest of the cells read; 0 for a load.

  double cpu_seconds() const { return client_cpu_seconds + server_cpu_seconds; }
  double rate() const { return static_cast<double>(operations) / wall_seconds; }
  double cpu_micros() const { return cpu_seconds() * 1e6 / static_cast<double>(operations); }
};

/// What a loaded system takes up.
struct Footprint {
  uint64_t resident_bytes = 0;  ///< Of the process that holds the data; for the rival what it says of itself.
  uint64_t file_bytes = 0;      ///< Files of cells, without logs.
};

/// How point reads are asked.
struct ReadShape {
  uint64_t rows = 0;   ///< To read in all.
  size_t callers = 1;  ///< At the same time.
  size_t batch = 1;    ///< Rows a call.
  uint64_t seed = 0;

  ReadShape() = default;
};

/// A system under test, new and empty: loaded once, then read. Two are real: Cellar through its client and TCP, and
/// RocksDB in this process. Every write is durable when it is acknowledged. Used by one thread.
class Contender {
 public:
  virtual ~Contender() = default;

  /// B1: every cell, by `writers` at once; ends when all are acknowledged.
  virtual Result<RunCost> Insert(const Dataset& data, size_t writers) = 0;

  /// Waits until what the load left to do in the background is done; adds its CPU to `cost`.
  virtual Status Settle(RunCost* cost) = 0;

  /// Everything into one file, without a log to replay.
  virtual Status Compact() = 0;

  /// B6: one pass over everything.
  virtual Result<RunCost> Scan() = 0;

  /// B8: rows of the data set, uniform.
  virtual Result<RunCost> Read(const Dataset& data, const ReadShape& shape) = 0;

  virtual Result<Footprint> Measure() = 0;

  /// What a scan of `data` has to find.
  virtual Contents Expected(const Dataset& data) const = 0;
};

}  // namespace cellar::bench
