#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/bytes/hash.h"

namespace cellar::storage {

/// The digest tree over a file's frames (docs/internals/cellstore.md): one number that verifies a copy.
class DigestTree {
 public:
  static constexpr size_t kFanOut = 256;

  /// The next frame, or the file header, in file order.
  void Add(std::string_view bytes) { leaves_.push_back(common::HashTo128(bytes)); }

  uint64_t leaf_count() const { return leaves_.size(); }
  common::Hash128 Root() const;

 private:
  std::vector<common::Hash128> leaves_;
};

/// Sum over cells that does not depend on their order: what was read against what was written.
class CellsDigest {
 public:
  void Add(std::string_view key, std::string_view value) { sum_ += common::Hash64(value, common::Hash64(key)); }
  uint64_t value() const { return sum_; }

 private:
  uint64_t sum_ = 0;
};

}  // namespace cellar::storage
