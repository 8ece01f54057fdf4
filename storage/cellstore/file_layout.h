#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "model/ids.h"
#include "storage/block/block_frame.h"

namespace cellar::storage {

// The fixed ends of a CellStore: docs/internals/cellstore.md.

inline constexpr uint16_t kCellStoreVersion = 1;
inline constexpr size_t kFileHeaderBytes = 44;
inline constexpr size_t kTailBytes = 36;
inline constexpr std::string_view kFileMagic = "CELLARCS";
inline constexpr std::string_view kTailMagic = "CSTRAILR";

/// The first bytes of the file.
struct FileHeader {
  uint16_t version = kCellStoreVersion;
  uint16_t cipher = kCipherNone;
  uint32_t key_id = 0;
  model::FileId file;
  ClusterId cluster;

  std::string Encode() const;
  /// kCorruption; kUnsupported for a higher version or a cipher.
  static Result<FileHeader> Decode(std::string_view bytes);
};

/// The last bytes of the file: where the trailer is.
struct FileTail {
  BlockHandle trailer;
  uint16_t version = kCellStoreVersion;
  model::FileId file;

  std::string Encode() const;
  static Result<FileTail> Decode(std::string_view bytes);
};

}  // namespace cellar::storage
