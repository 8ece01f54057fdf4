#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/fault/fault_points.h"
#include "common/file/file_system.h"
#include "model/ids.h"
#include "storage/block/block_cache.h"
#include "storage/cell_source.h"
#include "storage/cellstore/index_block.h"
#include "storage/cellstore/trailer.h"
#include "storage/key_bounds.h"

namespace cellar::storage {

/// How to read a CellStore.
struct CellStoreReadOptions {
  /// The id that the file must have; absent: any (tools that are given a file by name).
  std::optional<model::FileId> file;
  /// The cluster it must belong to; none: any.
  ClusterId cluster;
  /// Shared by all readers of a process, outlives them; nullptr: every block is read from the file. A file of an
  /// IN_MEMORY access group is then kept whole by its reader instead, block by block as they are first read
  /// (Bigtable's in-memory locality groups).
  BlockCache* cache = nullptr;
  /// Planted defects; outlive the reader.
  const FaultPoints* faults = nullptr;
};

/// What a source has read; counted by whoever reads from it.
struct SourceReads {
  uint64_t blocks = 0;         ///< Data blocks.
  uint64_t cached_blocks = 0;  ///< Of these, found in the block cache.
  uint64_t block_bytes = 0;    ///< Of all, unpacked.

  SourceReads() = default;
};

/// How one source reads.
struct SourceOptions {
  /// False for compactions and other readers of everything once: blocks that are not in the cache do not enter it.
  bool fill_cache = true;
  /// Bytes read from the file at once when blocks are read one after the other.
  size_t read_ahead_bytes = 256 << 10;
  /// Where to count; nullptr: nowhere. Outlives the source, and is used by its thread.
  SourceReads* reads = nullptr;
};

/// One open CellStore. Holds its trailer and index root; all else goes through the block cache. Immutable and
/// thread-safe; calls read the file, so they are made from worker jobs. Outlives its sources. Every byte is verified
/// before it is used; kCorruption names the file and the offset, and other files go on.
class CellStoreReader {
 public:
  /// Verifies file header, tail, trailer and index root. kCorruption; kUnsupported for a newer format;
  /// kInvalidArgument when the file belongs to another cluster or bears another id.
  static Result<std::shared_ptr<const CellStoreReader>> Open(const FileSystem& files, std::string path,
                                                             const CellStoreReadOptions& options);

  const std::string& path() const { return path_; }
  const CellStoreTrailer& trailer() const { return trailer_; }
  uint64_t file_size_bytes() const { return file_size_bytes_; }

  /// The cells within `bounds` as a source; Seek goes nowhere outside of them.
  std::unique_ptr<CellSource> NewSource(KeyBounds bounds = {}, const SourceOptions& options = {}) const;

  /// False: no cell of `row` in one of `families` (empty: in any), nor a marker that could hide one, is in this file.
  /// True: look. One cache look-up or read for the index leaf, one for its filter.
  Result<bool> MayContain(std::string_view row, std::span<const model::FamilyId> families) const;

  // For the reader's own sources, the dump and the verification.

  const IndexBlock& index_root() const { return root_; }

  /// A verified block, from the cache or the file.
  Result<BlockRef> ReadBlock(BlockHandle handle, BlockKind kind, bool fill_cache) const;

  /// Verifies `frame`, read from `handle`, and makes the block of it.
  Result<BlockRef> OpenBlock(BlockHandle handle, BlockKind kind, std::string_view frame) const;

  /// Raw bytes of the file, exactly `size` of them. kCorruption when the file ends before.
  Status ReadBytes(uint64_t offset, size_t size, char* out) const;

  BlockCache* cache() const { return cache_; }
  model::FileId file_id() const { return trailer_.identity.file; }

  /// Puts the path before the message.
  Status Named(Status status) const { return std::move(status).WithContext(path_); }

 private:
  CellStoreReader(std::unique_ptr<ReadableFile> file, std::string path, BlockCache* cache)
      : file_(std::move(file)), path_(std::move(path)), cache_(cache) {}

  Status Load(const CellStoreReadOptions& options);
  Status LoadTrailer(BlockHandle handle);
  Status CheckHandle(BlockHandle handle) const;

  const std::unique_ptr<ReadableFile> file_;
  const std::string path_;
  std::unique_ptr<BlockCache> own_cache_;  ///< Of an IN_MEMORY file: bounded by the file alone.
  BlockCache* cache_;
  FrameCheck check_ = FrameCheck::kChecksum;
  uint64_t file_size_bytes_ = 0;
  uint64_t frames_end_ = 0;  ///< Where the tail begins.
  CellStoreTrailer trailer_;
  BlockRef root_block_;
  IndexBlock root_;
};

}  // namespace cellar::storage
