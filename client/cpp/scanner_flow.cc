#include "client/cpp/scanner_flow.h"

#include <utility>

namespace cellar::client {

ScannerFlow::ScannerFlow(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema,
                         model::ScanSpec spec, Nanos timeout, ScanLabel label)
    : core_(core),
      source_(OpenScan(core, table, std::move(schema), std::move(spec), cancelled_, std::move(label))),
      timeout_(timeout),
      schema_(source_->schema()),
      tasks_(core.executor()) {}

void ScannerFlow::Start() {
  tasks_.Spawn(FetchAll(), "scanner's fetches");
}

Task<void> ScannerFlow::FetchAll() {
  while (!*cancelled_) {
    Semaphore::Permit permit = co_await room_.Acquire();
    if (*cancelled_) break;
    auto block = co_await source_->Next(Deadline::After(core_.executor().clock(), timeout_));
    if (!block.ok() || !block->has_value()) {
      end_ = block.status();
      break;
    }
    blocks_.push_back(Block{std::move(**block), source_->schema(), std::move(permit)});
    changed_.WakeAll();
  }
  finished_ = true;
  changed_.WakeAll();
}

Task<Result<std::optional<std::string>>> ScannerFlow::Next() {
  while (blocks_.empty() && !finished_ && !*cancelled_) co_await changed_.Wait();
  if (*cancelled_) co_return common::Cancelled("the scan was cancelled");
  if (blocks_.empty()) {
    if (!end_.ok()) co_return end_;
    co_return std::optional<std::string>();
  }
  std::optional<std::string> block(std::move(blocks_.front().cells));
  schema_ = std::move(blocks_.front().schema);
  blocks_.pop_front();
  co_return std::move(block);
}

void ScannerFlow::Cancel() {
  *cancelled_ = true;
  changed_.WakeAll();
}

Task<void> ScannerFlow::Close() {
  Cancel();
  blocks_.clear();
  co_await tasks_.Join();
  co_await source_->Close(Deadline::After(core_.executor().clock(), timeout_));
}

}  // namespace cellar::client
