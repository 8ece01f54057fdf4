#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "client/cpp/client_core.h"
#include "client/cpp/index_scan.h"
#include "common/concurrency/event.h"
#include "common/concurrency/semaphore.h"
#include "common/concurrency/task_group.h"

namespace cellar::client {

/// Blocks of one scan, fetched ahead of their reader. Loop only; Close before destruction.
class ScannerFlow {
 public:
  static constexpr size_t kBlocksAhead = 3;

  /// `timeout` is for each block. Fetches nothing before Start.
  ScannerFlow(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
              Nanos timeout, ScanLabel label = ScanLabel());

  void Start();

  /// The next block; nullopt at the end. kCancelled after Cancel.
  Task<Result<std::optional<std::string>>> Next();

  /// By which the cells of the last block that Next gave are to be understood. Changes in Next only.
  const std::shared_ptr<const model::Schema>& schema() const { return schema_; }

  void Cancel();

  /// Ends the fetching and tells the server.
  Task<void> Close();

 private:
  struct Block {
    std::string cells;
    std::shared_ptr<const model::Schema> schema;
    Semaphore::Permit permit;
  };

  Task<void> FetchAll();

  ClientCore& core_;
  const std::shared_ptr<bool> cancelled_ = std::make_shared<bool>(false);
  const std::unique_ptr<BlockSource> source_;
  const Nanos timeout_;
  Semaphore room_{kBlocksAhead, "scanner blocks"};
  bool finished_ = false;  ///< Nothing more will be fetched: end_ says why.
  Status end_;
  std::deque<Block> blocks_;
  std::shared_ptr<const model::Schema> schema_;
  common::Event changed_{"scanner"};
  TaskGroup tasks_;
};

}  // namespace cellar::client
