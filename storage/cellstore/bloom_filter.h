#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "model/bloom_spec.h"

namespace cellar::storage {

/// Collects the items of one filter block and builds it at their exact number. A blocked Bloom filter: all bits of an
/// item lie in one cache line (Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007).
class BloomFilterBuilder {
 public:
  explicit BloomFilterBuilder(const model::BloomSpec& spec);

  void Add(uint64_t hash) { hashes_.push_back(hash); }
  size_t item_count() const { return hashes_.size(); }

  /// The filter block of all items added; the builder is empty afterwards.
  std::string Build();

 private:
  double bits_per_item_;
  uint32_t hash_count_;
  std::vector<uint64_t> hashes_;
};

/// A filter block, borrowed.
class BloomFilter {
 public:
  /// kCorruption when the block is malformed.
  static Result<BloomFilter> Parse(std::string_view block);

  /// False: the item was not added. True: it probably was.
  bool MayContain(uint64_t hash) const;

 private:
  BloomFilter(std::string_view bits, uint32_t hash_count) : bits_(bits), hash_count_(hash_count) {}

  std::string_view bits_;
  uint32_t hash_count_;
};

/// Hash of an item: the leading bytes of an encoded key, up to the row's terminator or to the family.
uint64_t BloomItemHash(std::string_view key_start);

}  // namespace cellar::storage
