#include "client/cpp/scanner_flow.h"

#include <utility>

namespace cellar::client {

ScannerFlow::ScannerFlow(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema,
                         model::ScanSpec spec, Nanos timeout, ScanLabel label)
    : core_(core),
      stream_(core.scans(), table, std::move(schema), std::move(spec)),
      timeout_(timeout),
      schema_(stream_.schema()),
      tasks_(core.executor()) {
  stream_.set_label(std::move(label));
}

void ScannerFlow::Start() {
  tasks_.Spawn(FetchAll(), "scanner's fetches");
}

Task<void> ScannerFlow::FetchAll() {
  while (!cancelled_) {
    Semaphore::Permit permit = co_await room_.Acquire();
    if (cancelled_) break;
    auto block = co_await stream_.Next(Deadline::After(core_.executor().clock(), timeout_));
    if (!block.ok() || !block->has_value()) {
      end_ = block.status();
      break;
    }
    blocks_.push_back(Block{std::move(**block), stream_.schema(), std::move(permit)});
    changed_.WakeAll();
  }
  finished_ = true;
  changed_.WakeAll();
}

Task<Result<std::optional<std::string>>> ScannerFlow::Next() {
  while (blocks_.empty() && !finished_ && !cancelled_) co_await changed_.Wait();
  if (cancelled_) co_return common::Cancelled("the scan was cancelled");
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
  cancelled_ = true;
  changed_.WakeAll();
}

Task<void> ScannerFlow::Close() {
  Cancel();
  blocks_.clear();
  co_await tasks_.Join();
  co_await stream_.Close(Deadline::After(core_.executor().clock(), timeout_));
}

}  // namespace cellar::client
