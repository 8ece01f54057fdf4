#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "hql/load/byte_stream.h"

namespace cellar::hql {

/// From here on a file that unpacks to more than kMaxGzipRatio times its size is refused: nothing that people load
/// does.
inline constexpr uint64_t kGzipRatioFromBytes = 64 << 20;
inline constexpr uint64_t kMaxGzipRatio = 1000;

/// Unpacks gzip, also several members one after the other. Errors (kCorruption) name the file and the offset in it.
Result<std::unique_ptr<ByteSource>> NewGzipSource(std::unique_ptr<ByteSource> packed, std::string name);

/// Packs with zlib's default level.
Result<std::unique_ptr<ByteSink>> NewGzipSink(std::unique_ptr<ByteSink> packed, std::string name);

}  // namespace cellar::hql
