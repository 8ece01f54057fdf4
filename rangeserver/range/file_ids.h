#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "model/ids.h"

namespace cellar::rangeserver {

/// Gives out file ids: the upper half is the block that the master granted to this incarnation, the lower half counts.
/// Thread-safe.
class FileIdSequence {
 public:
  explicit FileIdSequence(uint32_t block) : block_(block) {}

  /// kNoSpace after 2^32 - 1 files in one life.
  Result<model::FileId> Next();

 private:
  const uint32_t block_;
  std::atomic<uint64_t> next_{1};
};

/// "tables/1-7/0000000200000001"
std::string CellStorePath(model::TableId table, model::FileId file);

/// "tables/1-7"
std::string TableDirectory(model::TableId table);

}  // namespace cellar::rangeserver
