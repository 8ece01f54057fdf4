#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/file/file_system.h"
#include "model/key_codec.h"
#include "model/schema.h"
#include "storage/block/block_compressor.h"
#include "storage/cellstore/bloom_filter.h"
#include "storage/cellstore/cell_counter.h"
#include "storage/cellstore/data_block_builder.h"
#include "storage/cellstore/digest.h"
#include "storage/cellstore/index_block.h"
#include "storage/cellstore/trailer.h"

namespace cellar::storage {

/// How a CellStore is laid out.
struct CellStoreOptions {
  uint32_t block_size_bytes = model::kDefaultBlockSizeBytes;
  model::CompressorSpec compressor;
  model::BloomSpec bloom_filter;
  uint8_t restart_interval = 16;

  CellStoreOptions() = default;
  static CellStoreOptions For(const model::GroupRules& rules);
};

/// Writes one CellStore from cells in key order: by one minor or other compaction, in one worker job. Streams to the
/// file; holds one block, one index leaf with its filter's hashes, and the index root. Not thread-safe.
///
/// Invariants: 1. keys ascend strictly and are well-formed. 2. The file is complete and durable exactly when Finish has
/// returned OK; before and after any error it is garbage under its unique name, and the caller removes it.
class CellStoreWriter {
 public:
  /// Creates the file, which must not exist, in an existing directory.
  static Result<std::unique_ptr<CellStoreWriter>> Create(FileSystem& files, std::string path, Incarnation incarnation,
                                                         const CellStoreIdentity& identity,
                                                         const CellStoreOptions& options, const model::KeyCodec& codec);

  /// kInvalidArgument for a malformed key or one that is not after the last; otherwise the file's errors. After an
  /// error every call returns it again.
  Status Add(std::string_view key, std::string_view value);

  /// Writes what is left, syncs, closes. kInvalidArgument when no cell was added.
  Result<CellStoreTrailer> Finish();

  uint64_t cell_count() const { return counter_.cell_count(); }

  /// Bytes of the file so far; after Finish its length. Cells still in the open block are not counted.
  uint64_t file_size_bytes() const { return offset_; }

 private:
  CellStoreWriter(std::unique_ptr<WritableFile> file, std::string path, const CellStoreIdentity& identity,
                  const CellStoreOptions& options, const model::KeyCodec& codec);

  Status Check(std::string_view key, model::EncodedKeyParts* parts) const;
  Status MakeRoom(std::string_view key, std::string_view value);
  void AddToFilter(std::string_view key, size_t row_prefix_size);
  Status FinishBlock();
  Status FinishLeaf();
  void Sample(uint64_t offset);
  void ThinSamples(size_t limit);
  Status WriteRootAndTrailer();
  Status WriteFrame(BlockKind kind, std::string_view raw, bool compress, BlockHandle* handle);
  Status Write(std::string_view bytes);
  Status Drain();
  Status Fail(Status status);

  const std::unique_ptr<WritableFile> file_;
  const std::string path_;
  const CellStoreOptions options_;
  BlockCompressor compressor_;

  DataBlockBuilder block_;
  IndexBlockBuilder leaf_{false};
  IndexBlockBuilder root_{true};
  BloomFilterBuilder filter_;
  DigestTree digest_;
  CellCounter counter_;
  CellStoreTrailer trailer_;
  uint64_t sample_stride_ = 1;

  std::string last_key_;
  std::string block_start_;  ///< Index start of the open block.
  std::string block_row_;    ///< Row of the open block's first cell, escaped; empty when too long for a sample.
  std::string leaf_start_;
  size_t last_row_size_ = 0;     ///< Of last_key_: row and terminator.
  bool filter_has_row_ = false;  ///< The row of last_key_ is in the open leaf's filter.
  bool filter_has_family_ = false;

  std::string raw_scratch_;
  std::string stored_scratch_;
  std::string pending_;  ///< Bytes of the file not yet handed to it.
  uint64_t offset_ = 0;  ///< End of the file with pending_.
  bool finished_ = false;
  Status status_;
};

}  // namespace cellar::storage
