#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::model {

/// How blocks are compressed. The numbers are stored in block headers.
enum class Compressor : uint8_t { kNone = 0, kSnappy = 1, kLz4 = 2, kZlib = 3, kZstd = 4 };

/// A parsed COMPRESSOR option: `none`, `snappy`, `lz4`, `zlib [--fast|--normal|--best|-9]`, `zstd [--level n]`; `bmz`
/// means zstd with a long window, `lzo` and `quicklz` mean lz4, each with a warning.
struct CompressorSpec {
  Compressor compressor = Compressor::kSnappy;
  int level = 0;             ///< zlib 1, 6, 9; zstd 1 to 19; else 0.
  bool long_window = false;  ///< zstd only.
  std::string warning;       ///< For the user, when another compressor than the one named will be used; else empty.

  /// kInvalidArgument with public code 14 and the offending word.
  static Result<CompressorSpec> Parse(std::string_view text);

  friend bool operator==(const CompressorSpec&, const CompressorSpec&) = default;
};

inline constexpr std::string_view kDefaultCompressor = "snappy";

}  // namespace cellar::model
