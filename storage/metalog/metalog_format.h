#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/cluster_id.h"
#include "common/base/fencing.h"
#include "common/base/result.h"
#include "storage/metalog/entity.h"

namespace cellar::storage {

// The bytes of a metalog file (docs/internals/metalog.md).

inline constexpr size_t kMetaLogHeaderBytes = 96;
inline constexpr size_t kMetaLogBlockHeaderBytes = 56;
inline constexpr size_t kMaxEntityBytes = 8 << 20;
inline constexpr size_t kMaxMetaLogBlockBytes = 16 << 20;

/// "0000000017"; nothing for another name.
std::string MetaLogFileName(uint64_t number);
std::optional<uint64_t> ParseMetaLogFileName(std::string_view name);

struct MetaLogHeader {
  ClusterId cluster;
  Incarnation incarnation;
  uint64_t number = 0;

  friend bool operator==(const MetaLogHeader&, const MetaLogHeader&) = default;
};

std::string EncodeMetaLogHeader(const MetaLogHeader& header);

/// kCorruption when it does not verify or is cut; kUnsupported by version, cipher or feature. `path` is for messages.
Result<MetaLogHeader> DecodeMetaLogHeader(std::string_view bytes, std::string_view path);

/// Values are on disk.
enum class MetaLogBlockKind : uint8_t { kSnapshot = 1, kLastOfSnapshot = 2, kUpdate = 3 };

/// One batch of records: applied whole or not at all.
struct MetaLogBlock {
  MetaLogBlockKind kind = MetaLogBlockKind::kUpdate;
  uint32_t record_count = 0;
  uint64_t sequence = 0;
  uint64_t offset = 0;
  uint64_t durable_up_to = 0;
  std::string_view records;  ///< Encoded; verified when decoded.

  uint64_t end() const;  ///< With padding.
};

/// Header, records, padding. `header` is that of the file: checksums are bound to it and to the offset.
std::string EncodeMetaLogBlock(const MetaLogBlock& block, const MetaLogHeader& header);

/// The block at `offset` of `file`, whose bytes it borrows. Nothing when its header does not verify there.
/// `*records_verify` tells whether the records do too; where not, `records` is empty.
std::optional<MetaLogBlock> DecodeMetaLogBlock(std::string_view file, uint64_t offset, const MetaLogHeader& header,
                                               bool* records_verify);

void AppendRecord(const MetaLogRecord& record, std::string* out);

/// kCorruption when malformed.
Result<std::vector<MetaLogRecord>> DecodeRecords(std::string_view records, uint32_t record_count);

}  // namespace cellar::storage
