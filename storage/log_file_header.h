#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/cluster_id.h"
#include "common/base/fencing.h"
#include "common/base/result.h"

namespace cellar::storage {

// What the files of commit logs and of metalogs begin with: bytes 0 to 72 of their headers, and the checksum in the
// last four (docs/internals/commit-log.md, metalog.md). The bytes between are each format's own.

/// One of the two formats, as a constant.
struct LogFileKind {
  std::string_view magic;  ///< Eight bytes.
  std::string_view what;   ///< "log fragment"; for messages.
  size_t header_bytes = 0;
  uint16_t version = 1;
};

/// Whose file it is.
struct LogFileHeader {
  ClusterId cluster;
  Incarnation incarnation;
  uint64_t number = 0;
};

inline constexpr size_t kLogFileHeaderEnd = 72;

/// `kind.header_bytes` bytes: what is shared, and zeros.
std::string BeginLogFileHeader(const LogFileKind& kind, const LogFileHeader& header);
/// Writes the checksum over a header that is filled in.
void FinishLogFileHeader(std::string* bytes);

/// Verifies what is shared. kCorruption when bytes do not verify or are missing; kUnsupported for a version, cipher or
/// feature that this build does not know. `path` is for messages.
Result<LogFileHeader> DecodeLogFileHeader(const LogFileKind& kind, std::string_view bytes, std::string_view path);

}  // namespace cellar::storage
