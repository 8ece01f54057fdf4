#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/concurrency/task_group.h"
#include "common/fault/fault_points.h"
#include "common/random/random.h"
#include "lockservice/lease.h"
#include "model/scan_spec.h"
#include "protocol/gen/rangeserver_types.h"
#include "rangeserver/ranges/loaded_ranges.h"
#include "rangeserver/service/open_scanner.h"
#include "rpc/call.h"

namespace cellar::rangeserver {

/// Bounds of a ReadService.
struct ReadLimits {
  size_t max_scanners = 10'000;
  Nanos idle_timeout = 30 * 60 * kSecond;
  size_t max_rows_per_get = 10'000;
  size_t max_block_bytes = 4 << 20;

  ReadLimits() = default;
};

/// What was sent to readers.
struct ReadCounts {
  uint64_t cells = 0;
  uint64_t bytes = 0;

  ReadCounts() = default;
  void Add(uint64_t more_cells, uint64_t more_bytes) {
    cells += more_cells;
    bytes += more_bytes;
  }
};

/// Answers scans and gets of a range server. Owned by it; loop only, Stop before destruction.
///
/// Every answer is given under the lease, checked after the cells were taken (protocols.md B11): otherwise the caller
/// hears kUnavailable.
class ReadService {
 public:
  /// What it asks of the rest of the server.
  struct Callbacks {
    std::function<void(model::TableId)> on_newer_schema;  ///< A client knows a newer schema of a table than its range.
    std::function<Task<Result<Nanos>>()> settle;          ///< WritePipeline::Settle of users' tables.

    Callbacks() = default;
  };

  /// Borrows all. Scanners are numbered by `chance`: a client that kept one of an earlier life at this address must not
  /// meet another's by it.
  ReadService(Executor& executor, const LoadedRanges& ranges, const lockservice::Lease& lease, Random& chance,
              FaultPoints& faults, ReadLimits limits, Callbacks callbacks);

  Task<Result<rpc::Response>> CreateScanner(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> FetchScanBlock(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> DestroyScanner(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> GetRows(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> ExplainScan(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> ListQueries(rpc::CallInfo info, rpc::Request request);
  Task<Result<rpc::Response>> KillQuery(rpc::CallInfo info, rpc::Request request);

  size_t scanner_count() const { return scanners_.size(); }
  const ReadCounts& counts() const { return counts_; }

  Task<void> Stop();

 private:
  Result<std::shared_ptr<LoadedRange>> RangeFor(const protocol::CreateScannerRequest& request) const;
  static Result<std::shared_ptr<const model::Schema>> SchemaFor(const protocol::CreateScannerRequest& request,
                                                                const LoadedRange& range);
  Status NoScanner(int64_t scanner) const;
  Task<Result<rpc::Response>> AnswerBlock(std::shared_ptr<OpenScanner> scanner, int64_t ordinal);
  enum class Moment : uint8_t { kBeforeSnapshot, kBeforeAnswer };
  Status CheckLease(Moment moment) const;
  Status CheckGeneration(const LoadedRange& range, int64_t asked) const;
  int64_t NewScannerId();
  void ForgetIdle();

  Executor& executor_;
  const LoadedRanges& ranges_;
  const lockservice::Lease& lease_;
  Random& chance_;
  FaultPoints& faults_;
  const ReadLimits limits_;
  const Callbacks callbacks_;
  std::map<int64_t, std::shared_ptr<OpenScanner>> scanners_;
  ReadCounts counts_;
  int64_t last_query_ = 0;
  std::deque<int64_t> killed_;  ///< Scanners whose clients are still to be told.
  TaskGroup ahead_;
};

}  // namespace cellar::rangeserver
