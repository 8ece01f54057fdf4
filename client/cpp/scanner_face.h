#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/cpp/scanner_flow.h"

namespace cellar::client {

/// A ScannerFlow as seen from a thread that is not the loop.
class ScannerFace {
 public:
  ScannerFace(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
              Nanos timeout, ScanLabel label);
  ~ScannerFace();

  /// Fetches the next block, in place of the one before; false at the end and on error.
  bool NextBlock();
  std::string_view block() const { return block_; }
  const Status& status() const { return status_; }
  const std::shared_ptr<const model::Schema>& schema() const { return flow_.schema(); }
  void Cancel();
  ScanReads reads();

 private:
  Task<void> CancelOnLoop();
  Task<ScanReads> ReadsOnLoop();

  Executor& executor_;
  const std::shared_ptr<ScanReads> reads_;  ///< Loop only; nullptr: nobody counts.
  std::string block_;
  bool at_end_ = false;
  Status status_;
  ScannerFlow flow_;
};

}  // namespace cellar::client
