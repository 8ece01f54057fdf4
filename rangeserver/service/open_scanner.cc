#include "rangeserver/service/open_scanner.h"

#include <utility>

#include "common/concurrency/run_job.h"

namespace cellar::rangeserver {

Result<FilledBlock> OpenScanner::Filler::Fill() {
  FilledBlock block;
  ASSIGN_OR_RETURN(block.progress, scan->Fill(block_bytes, &writer));
  block.cell_count = writer.cell_count();
  block.cells = writer.Finish();
  block.position = scan->position();
  if (reads) block.reads = *reads;
  return block;
}

Task<Result<FilledBlock>> OpenScanner::Fetch(int64_t ordinal) {
  const std::shared_ptr<OpenScanner> self = shared_from_this();
  if (ordinal == last_ordinal_) co_return last_;
  if (ordinal != last_ordinal_ + 1 || ended_) {
    co_return common::InvalidArgument("scanner " + std::to_string(id_) + " has no block " + std::to_string(ordinal));
  }
  while (filling_) co_await changed_.Wait();
  if (!ready_) co_await Fill();
  if (ordinal == last_ordinal_) co_return last_;  // a repeated request was faster
  Result<FilledBlock> block = *std::exchange(ready_, std::nullopt);
  if (!block.ok()) co_return std::move(block);
  last_ordinal_ = ordinal;
  last_ = *block;
  ended_ = !block->progress.more;
  co_return std::move(block);
}

Task<void> OpenScanner::FillAhead() {
  const std::shared_ptr<OpenScanner> self = shared_from_this();
  if (filling_ || ready_ || ended_) co_return;
  co_await Fill();
}

Task<void> OpenScanner::Fill() {
  filling_ = true;
  auto fill = [filler = filler_] { return filler->Fill(); };
  auto block = co_await common::RunJob(executor_, JobClass::kRead, std::move(fill));
  ready_.emplace(std::move(block));
  filling_ = false;
  changed_.WakeAll();
}

}  // namespace cellar::rangeserver
