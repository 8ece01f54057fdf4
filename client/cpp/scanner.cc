#include <utility>

#include "client/cpp/include/scanner.h"
#include "client/cpp/scanner_face.h"
#include "common/concurrency/block_on.h"

namespace cellar::client {

ScannerFace::ScannerFace(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema,
                         model::ScanSpec spec, Nanos timeout, ScanLabel label)
    : executor_(core.executor()),
      reads_(label.reads),
      flow_(core, table, std::move(schema), std::move(spec), timeout, std::move(label)) {
  executor_.Post([this] { flow_.Start(); });
}

ScannerFace::~ScannerFace() {
  common::BlockOn(executor_, flow_.Close());
}

bool ScannerFace::NextBlock() {
  if (!status_.ok() || at_end_) return false;
  auto block = common::BlockOn(executor_, flow_.Next());
  if (!block.ok()) {
    status_ = block.status();
  } else if (!block->has_value()) {
    at_end_ = true;
  } else {
    block_ = std::move(**block);
    return true;
  }
  return false;
}

void ScannerFace::Cancel() {
  common::BlockOn(executor_, CancelOnLoop());
}

Task<void> ScannerFace::CancelOnLoop() {
  flow_.Cancel();
  co_return;
}

ScanReads ScannerFace::reads() {
  return common::BlockOn(executor_, ReadsOnLoop());
}

Task<ScanReads> ScannerFace::ReadsOnLoop() {
  co_return reads_ == nullptr ? ScanReads() : *reads_;
}

Scanner::Scanner(std::unique_ptr<ScannerFace> face) : face_(std::move(face)) {}
Scanner::~Scanner() = default;

bool Scanner::NextBlock() {
  if (!block_.status().ok() || !face_->NextBlock()) return false;
  block_ = model::ScanBlockReader(face_->block());
  return true;
}

bool Scanner::NextOfNextBlock(model::CellView* cell) {
  while (NextBlock()) {
    if (block_.Next(cell)) return true;
  }
  return false;
}

const Status& Scanner::status() const {
  return block_.status().ok() ? face_->status() : block_.status();
}

const std::shared_ptr<const model::Schema>& Scanner::schema() const {
  return face_->schema();
}

ScanReads Scanner::reads() {
  return face_->reads();
}

void Scanner::Cancel() {
  face_->Cancel();
}

}  // namespace cellar::client
