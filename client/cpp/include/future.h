#pragma once

#include <memory>
#include <string>

#include "client/cpp/include/table.h"
#include "common/base/result.h"
#include "common/base/unique_function.h"
#include "common/time/clock.h"
#include "model/scan_spec.h"

namespace cellar::client {

class ClientCore;
class Client;
class FutureFlow;

/// Something that a Future gives.
struct FutureResult {
  enum class Kind : uint8_t {
    kEnd,    ///< Nothing more will come: all that was attached has ended, or the future was cancelled.
    kBlock,  ///< Cells of a scan, as a scan block (model/scan_block.h); empty: none, the last one of its scan.
    kOther   ///< What somebody delivered.
  };

  Kind kind = Kind::kEnd;
  std::string block;
  std::shared_ptr<const model::Schema> schema;  ///< By which the block is to be understood.
  Status status;                                ///< Why a scan ended early; there is no block then.
  std::shared_ptr<void> source;                 ///< As given to Scan or Deliver.
  std::shared_ptr<void> contents;               ///< kOther.
  size_t size_bytes = 0;                        ///< Counted against the future's capacity.

  FutureResult() = default;
};

/// Where many scans, and work done elsewhere, put their results, to be taken one by one, in the order in which they
/// came. Thread-safe, but not from the client's loop; outlived by its client. A scan waits while as many bytes as the
/// future holds have not been taken; one result is always let in.
class Future : public std::enable_shared_from_this<Future> {
 public:
  /// A scan of a future, to be cancelled. Keeps the future.
  class Scan {
   public:
    /// No more results of it once this returned, but for those that wait to be taken.
    void Cancel();

   private:
    friend class Future;
    std::shared_ptr<Future> future_;
    std::shared_ptr<bool> cancelled_;  ///< Loop only.
  };

  static std::shared_ptr<Future> Create(Client& client, size_t capacity_bytes);
  ~Future();  ///< Cancels, and waits until what it started has ended.

  /// Starts a scan. kInvalidArgument (30) for a bad spec; kCancelled (33) when the future is.
  Result<std::shared_ptr<Scan>> StartScan(const std::shared_ptr<Table>& table, model::ScanSpec spec,
                                          std::shared_ptr<void> source);

  /// A result will be delivered: until then the future does not end. kCancelled (33) when it is cancelled.
  Status Expect();
  /// One for each Expect; dropped when the future is cancelled.
  void Deliver(std::shared_ptr<void> source, std::shared_ptr<void> contents);

  /// Calls back with the next result, on the client's loop: quick, waits for nothing, does not let go of the future.
  /// kTimedOut (4) when none came in `timeout` (0: for ever).
  void NextLater(Nanos timeout, UniqueFunction<void(Result<FutureResult>)> done);

  /// The same, waiting here.
  Result<FutureResult> Next(Nanos timeout);

  /// Ends all scans, drops all results.
  void Cancel();

  bool IsEmpty();  ///< No result can be taken now.
  bool IsFull();
  bool IsCancelled();
  bool HasOutstanding();  ///< Something attached has not ended.

 private:
  explicit Future(ClientCore& core, size_t capacity_bytes);
  template <typename Look>
  bool Ask(Look look);

  ClientCore& core_;
  const std::unique_ptr<FutureFlow> flow_;
};

}  // namespace cellar::client
