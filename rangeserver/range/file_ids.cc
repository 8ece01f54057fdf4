#include "rangeserver/range/file_ids.h"

namespace cellar::rangeserver {

Result<model::FileId> FileIdSequence::Next() {
  MutexLock lock(mutex_);
  if (next_ >= (uint64_t{1} << 32)) return common::NoSpace("no file ids are left in block " + std::to_string(block_));
  return model::FileId{(uint64_t{block_} << 32) | next_++};
}

void FileIdSequence::Begin(model::FileId file) {
  MutexLock lock(mutex_);
  under_way_.insert(file);
}

void FileIdSequence::Settle(std::span<const model::FileId> files) {
  MutexLock lock(mutex_);
  for (const model::FileId file : files) under_way_.erase(file);
}

std::vector<model::FileId> FileIdSequence::UnderWay() const {
  MutexLock lock(mutex_);
  return std::vector<model::FileId>(under_way_.begin(), under_way_.end());
}

}  // namespace cellar::rangeserver
