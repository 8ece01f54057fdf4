#pragma once

#include <cstddef>
#include <cstdint>

namespace cellar::fsbroker {

// What both ends of a broker's connection hold to (fsbroker/broker.thrift, docs/internals/broker.md).

inline constexpr int32_t kProtocolVersion = 1;
inline constexpr uint16_t kDefaultPort = 15863;

inline constexpr size_t kSessionBytes = 16;
inline constexpr size_t kTokenBytes = 16;
inline constexpr size_t kLifeBytes = 16;

/// Least and greatest `Limits.max_transfer_bytes`: what an append or a read carries at once.
inline constexpr size_t kMinTransferBytes = 4'096;
inline constexpr size_t kMaxTransferBytes = 1 << 20;

/// Of a page of names, and of everything in a message beside the data.
inline constexpr size_t kPageBytes = 256 << 10;
inline constexpr size_t kMaxMessageBytes = 64 << 10;
inline constexpr size_t kMaxFrameBytes = kMaxTransferBytes + kMaxMessageBytes;

/// Elements of a list that are taken before anything is allocated for them.
inline constexpr int32_t kMaxListElements = 64 << 10;

static_assert(kPageBytes + kMaxMessageBytes <= kMaxFrameBytes);

}  // namespace cellar::fsbroker
