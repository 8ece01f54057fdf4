#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "model/compressor_spec.h"

struct ZSTD_CCtx_s;

namespace cellar::storage {

/// No block is larger than this before compression: one value of the largest size, its key, and room.
inline constexpr size_t kMaxRawBlockBytes = 64 << 20;

/// Compresses blocks by one COMPRESSOR option. Keeps the library's working memory from block to block, so give each
/// writer its own. Not thread-safe.
class BlockCompressor {
 public:
  explicit BlockCompressor(const model::CompressorSpec& spec);
  ~BlockCompressor();
  BlockCompressor(const BlockCompressor&) = delete;
  BlockCompressor& operator=(const BlockCompressor&) = delete;

  /// Replaces `*stored` by the compressed bytes of `raw`. Returns the codec that reads them: kNone, and `raw` as it is,
  /// when it does not shrink by an eighth. Requires raw.size() <= kMaxRawBlockBytes.
  model::Compressor Compress(std::string_view raw, std::string* stored);

 private:
  size_t CompressInto(std::string_view raw, std::string* stored);
  size_t CompressZlib(std::string_view raw, std::string* stored) const;
  size_t CompressZstd(std::string_view raw, std::string* stored);

  model::CompressorSpec spec_;
  ZSTD_CCtx_s* zstd_ = nullptr;
};

/// Writes the `raw_size` bytes that `stored` stands for at `raw`. kCorruption when it stands for more or fewer, or for
/// nothing; whatever `stored` holds, no byte outside of `raw` is written.
Status Decompress(model::Compressor codec, std::string_view stored, char* raw, size_t raw_size);

}  // namespace cellar::storage
