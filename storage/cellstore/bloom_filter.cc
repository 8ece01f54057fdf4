#include "storage/cellstore/bloom_filter.h"

#include <algorithm>
#include <cmath>

#include "common/bytes/coding.h"
#include "common/bytes/hash.h"

namespace cellar::storage {

namespace {

constexpr size_t kLineBytes = 64;
constexpr size_t kLineBits = kLineBytes * 8;
constexpr size_t kFilterFooterBytes = 8;
constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;
constexpr uint32_t kMaxHashCount = 16;
constexpr double kMinBitsPerItem = 1;
constexpr double kMaxBitsPerItem = 64;
constexpr double kBlockedPenalty = 1.06;  ///< Bits that blocking costs at about one in a hundred.

size_t LineOf(uint64_t hash, size_t line_count) {
  return static_cast<size_t>(((hash >> 32) * line_count) >> 32);
}

}  // namespace

uint64_t BloomItemHash(std::string_view key_start) {
  return common::Hash64(key_start);
}

BloomFilterBuilder::BloomFilterBuilder(const model::BloomSpec& spec) {
  const double false_positive = std::clamp(spec.false_positive, 1e-9, 0.5);
  const double ideal = -std::log(false_positive) / (std::log(2.0) * std::log(2.0)) * kBlockedPenalty;
  bits_per_item_ = std::clamp(spec.bits_per_item > 0 ? spec.bits_per_item : ideal, kMinBitsPerItem, kMaxBitsPerItem);
  const double best_count = bits_per_item_ / kBlockedPenalty * std::log(2.0);
  const double wanted = spec.hash_count > 0 ? spec.hash_count : std::round(best_count);
  hash_count_ = static_cast<uint32_t>(std::clamp(wanted, 1.0, static_cast<double>(kMaxHashCount)));
}

std::string BloomFilterBuilder::Build() {
  const double bits = bits_per_item_ * static_cast<double>(hashes_.size());
  const size_t line_count = std::max<size_t>(1, static_cast<size_t>(std::ceil(bits / kLineBits)));
  std::string block(line_count * kLineBytes, '\0');
  for (const uint64_t hash : hashes_) {
    char* const line = block.data() + LineOf(hash, line_count) * kLineBytes;
    uint64_t g = hash;
    for (uint32_t i = 0; i < hash_count_; ++i) {
      g *= kMultiplier;
      const uint64_t bit = g >> 55;
      line[bit / 8] = static_cast<char>(line[bit / 8] | (1 << (bit % 8)));
    }
  }
  common::PutFixed8(&block, static_cast<uint8_t>(hash_count_));
  common::PutFixed8(&block, 0);
  common::PutFixed16(&block, 0);
  common::PutFixed32(&block, static_cast<uint32_t>(hashes_.size()));
  hashes_.clear();
  return block;
}

Result<BloomFilter> BloomFilter::Parse(std::string_view block) {
  if (block.size() < kLineBytes + kFilterFooterBytes || (block.size() - kFilterFooterBytes) % kLineBytes != 0)
    return common::Corruption("filter has a wrong size");
  const std::string_view bits = block.substr(0, block.size() - kFilterFooterBytes);
  const auto hash_count = static_cast<uint8_t>(block[bits.size()]);
  if (hash_count == 0 || hash_count > kMaxHashCount) return common::Corruption("filter has a wrong hash count");
  return BloomFilter(bits, hash_count);
}

bool BloomFilter::MayContain(uint64_t hash) const {
  const char* const line = bits_.data() + LineOf(hash, bits_.size() / kLineBytes) * kLineBytes;
  uint64_t g = hash;
  for (uint32_t i = 0; i < hash_count_; ++i) {
    g *= kMultiplier;
    const uint64_t bit = g >> 55;
    if ((line[bit / 8] & (1 << (bit % 8))) == 0) return false;
  }
  return true;
}

}  // namespace cellar::storage
