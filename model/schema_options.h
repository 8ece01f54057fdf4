#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cellar::model {

/// What an acknowledgement is worth.
enum class Durability : uint8_t {
  kSync = 0,   ///< In a synced log record.
  kFlush = 1,  ///< Outside the range server's process.
  kNone = 2,   ///< No log.
};

std::string_view DurabilityName(Durability durability);  ///< "sync", "flush", "none".

/// Options of a column family as written; nullopt where nothing was written.
struct ColumnFamilyOptions {
  std::optional<int32_t> max_versions;  ///< 0: all.
  std::optional<int32_t> ttl_seconds;   ///< 0: for ever.
  std::optional<bool> time_order_desc;  ///< Oldest first; MAX_VERSIONS then keeps the oldest.
  std::optional<bool> counter;

  bool empty() const { return *this == ColumnFamilyOptions(); }
  /// This one's options, and `fallback`'s where this one has none.
  ColumnFamilyOptions Over(const ColumnFamilyOptions& fallback) const;
  friend bool operator==(const ColumnFamilyOptions&, const ColumnFamilyOptions&) = default;
};

/// Options of an access group as written; nullopt where nothing was written.
struct AccessGroupOptions {
  std::optional<int16_t> replication;  ///< -1: the file system's default.
  std::optional<uint32_t> block_size_bytes;
  std::optional<std::string> compressor;    ///< Text that CompressorSpec::Parse takes.
  std::optional<std::string> bloom_filter;  ///< Text that BloomSpec::Parse takes.
  std::optional<bool> in_memory;

  bool empty() const { return *this == AccessGroupOptions(); }
  AccessGroupOptions Over(const AccessGroupOptions& fallback) const;
  friend bool operator==(const AccessGroupOptions&, const AccessGroupOptions&) = default;
};

inline constexpr uint32_t kDefaultBlockSizeBytes = 64 << 10;
inline constexpr uint32_t kMinBlockSizeBytes = 1;
inline constexpr uint32_t kMaxBlockSizeBytes = 16 << 20;

}  // namespace cellar::model
