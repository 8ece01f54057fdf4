#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/cluster_id.h"
#include "common/base/fencing.h"

namespace cellar::storage {

/// A server keeps one log a class, so that METADATA's recovery never waits for user data. Values are on disk.
enum class LogClass : uint8_t { kRoot = 1, kMetadata = 2, kUser = 3 };

/// "root", "metadata", "user": also the names of the directories.
std::string_view LogClassName(LogClass log_class);

/// Whose log it is. Every file of it bears this, and every checksum in it is bound to it.
struct LogIdentity {
  ClusterId cluster;
  LogClass log_class = LogClass::kUser;
  Incarnation incarnation;

  friend bool operator==(const LogIdentity&, const LogIdentity&) = default;
};

/// Names of a log's files: ten digits, so that names sort as numbers do. Numbers above 9,999,999,999 do not occur.
std::string FragmentName(uint64_t number);       ///< "0000000017"
std::string FragmentIndexName(uint64_t number);  ///< "0000000017.index"
std::optional<uint64_t> ParseFragmentName(std::string_view name);

/// Checksums bound to a place: CRC-32C over (log identity, fragment number, offset) and then the bytes, so that a
/// block of another file or another offset never verifies.
class FragmentBinding {
 public:
  FragmentBinding(const LogIdentity& identity, uint64_t fragment_number);

  uint32_t Crc(uint64_t offset, std::string_view bytes) const;

  /// The checksum of no bytes at `offset`: go on with ExtendCrc32c where the bytes lie in pieces.
  uint32_t Start(uint64_t offset) const;

 private:
  uint32_t seed_;
};

}  // namespace cellar::storage
