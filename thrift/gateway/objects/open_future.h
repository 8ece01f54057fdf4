#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/cpp/include/future.h"
#include "thrift/gateway/objects/client_objects.h"
#include "thrift/gateway/objects/open_mutator.h"
#include "thrift/gateway/wire/call_pool.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::thrift {

/// A queue of results that a client takes one by one.
class OpenFuture final : public GatewayObject {
 public:
  static constexpr ObjectKind kKind = ObjectKind::kFuture;

  explicit OpenFuture(std::shared_ptr<client::Future> future) : future_(std::move(future)) {}
  client::Future& future() { return *future_; }
  const std::shared_ptr<client::Future>& shared() const { return future_; }

  void Abandon() override { future_->Cancel(); }

 private:
  const std::shared_ptr<client::Future> future_;
};

/// Where a future's result comes from: what its reader needs to know. Outlives scanner and mutator.
struct ResultSource {
  std::atomic<int64_t> id{0};  ///< 0 once the client has closed it.
  std::shared_ptr<client::Table> table;
  int32_t cells_version = kPackedVersion1;
  bool shows_updates = false;
};

/// How a flush of an async mutator ended.
struct FlushOutcome {
  Status status;
  std::string failed_cells;  ///< Packed, version 2: those of rows that were not written.
};

/// A scan whose blocks go to a future.
class OpenAsyncScanner final : public GatewayObject {
 public:
  static constexpr ObjectKind kKind = ObjectKind::kAsyncScanner;

  /// kInvalidArgument as OpenScanner::Open; kCancelled (33) when the future is.
  static Result<std::shared_ptr<OpenAsyncScanner>> Open(client::Future& future, std::shared_ptr<client::Table> table,
                                                        model::ScanSpec spec, int32_t cells_version);

  void SetId(int64_t id) { source_->id = id; }
  void Cancel() { scan_->Cancel(); }
  void Abandon() override {
    source_->id = 0;
    Cancel();
  }

 private:
  std::shared_ptr<ResultSource> source_;
  std::shared_ptr<client::Future::Scan> scan_;
};

/// A mutator whose flushes go on by themselves and tell a future how they ended.
class OpenAsyncMutator final : public GatewayObject, public std::enable_shared_from_this<OpenAsyncMutator> {
 public:
  static constexpr ObjectKind kKind = ObjectKind::kAsyncMutator;

  OpenAsyncMutator(std::shared_ptr<client::Future> future, std::shared_ptr<OpenMutator> mutator, CallPool& pool)
      : future_(std::move(future)), mutator_(std::move(mutator)), pool_(pool) {}

  void SetId(int64_t id) { source_->id = id; }

  template <typename Cell>
  Status Set(std::span<const Cell> cells) {
    PackedCell packed;
    for (const Cell& cell : cells) {
      RETURN_IF_ERROR(ToPackedCell(cell, &packed));
      RETURN_IF_ERROR(Keep(packed));
    }
    return FlushWhenFull();
  }
  Status SetPacked(std::string_view buffer, bool flush);

  /// Starts sending what was set; nothing when there is nothing.
  Status Flush();

  /// Drops what was not sent.
  void Cancel();

  void Forget() { source_->id = 0; }
  void Abandon() override { Cancel(); }

 private:
  /// Checks the cell, and keeps it until the next flush.
  Status Keep(const PackedCell& cell) EXCLUDES(mutex_);
  Status FlushWhenFull();
  void SendOne(const std::string& cells);

  const std::shared_ptr<client::Future> future_;
  const std::shared_ptr<OpenMutator> mutator_;
  CallPool& pool_;
  const std::shared_ptr<ResultSource> source_ = std::make_shared<ResultSource>();
  Turn order_;  ///< One flush after the other.
  Mutex mutex_;
  PackedCellsWriter cells_ GUARDED_BY(mutex_){kPackedVersion2};
};

}  // namespace cellar::thrift
