#include "storage/cellstore/cellstore_verify.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/cellstore/bloom_filter.h"
#include "storage/cellstore/cell_counter.h"
#include "storage/cellstore/data_block_cursor.h"
#include "storage/cellstore/digest.h"
#include "storage/cellstore/file_layout.h"

namespace cellar::storage {

namespace {

/// A frame as it lies in the file.
struct RawFrame {
  BlockHandle handle;
  FrameHeader header;
  std::string bytes;
};

Result<RawFrame> ReadFrame(const CellStoreReader& reader, uint64_t offset, uint64_t end) {
  RawFrame frame;
  frame.handle.offset = offset;
  if (end - offset < kFrameHeaderBytes) return common::Corruption("frame is cut off");
  frame.bytes.resize(kFrameHeaderBytes);
  RETURN_IF_ERROR(reader.ReadBytes(offset, kFrameHeaderBytes, frame.bytes.data()));
  ASSIGN_OR_RETURN(frame.header, FrameHeader::Parse(frame.bytes));
  if (frame.header.stored_length > end - offset - kFrameHeaderBytes) return common::Corruption("frame is cut off");
  frame.handle.length = static_cast<uint32_t>(kFrameHeaderBytes + frame.header.stored_length);
  frame.bytes.resize(frame.handle.length);
  RETURN_IF_ERROR(
      reader.ReadBytes(offset + kFrameHeaderBytes, frame.header.stored_length, frame.bytes.data() + kFrameHeaderBytes));
  return frame;
}

Status AddFileHeader(const CellStoreReader& reader, DigestTree* digest) {
  char bytes[kFileHeaderBytes];
  RETURN_IF_ERROR(reader.ReadBytes(0, kFileHeaderBytes, bytes));
  digest->Add({bytes, kFileHeaderBytes});
  return Status();
}

Status CheckDigest(const DigestTree& digest, const CellStoreTrailer& trailer) {
  if (digest.leaf_count() != trailer.frame_count || digest.Root() != trailer.digest_root)
    return common::Corruption("the digest of the file is " + digest.Root().ToHex() + ", its trailer says " +
                              trailer.digest_root.ToHex());
  return Status();
}

/// One walk over a file. Frames of one leaf are collected until the leaf itself is met, then compared with it.
class Verification {
 public:
  explicit Verification(const CellStoreReader& reader) : reader_(reader), counter_(reader.trailer().key_codec()) {}

  Result<CellStoreVerification> Run() {
    const uint64_t end = reader_.trailer().index_root.end();
    RETURN_IF_ERROR(AddFileHeader(reader_, &digest_));
    for (offset_ = kFileHeaderBytes; offset_ < end;) {
      ASSIGN_OR_RETURN(const RawFrame frame, ReadFrame(reader_, offset_, end));
      digest_.Add(frame.bytes);
      RETURN_IF_ERROR(Take(frame));
      offset_ = frame.handle.end();
    }
    RETURN_IF_ERROR(CheckEnd());
    CellStoreVerification result;
    result.frame_count = digest_.leaf_count();
    result.cell_count = counter_.cell_count();
    result.file_size_bytes = reader_.file_size_bytes();
    return result;
  }

  uint64_t offset() const { return offset_; }

 private:
  struct BlockSeen {
    BlockHandle handle;
    std::string first_key;
    std::string key_before;  ///< Last key of the block before; empty for the first.
  };

  Status Take(const RawFrame& frame) {
    ASSIGN_OR_RETURN(const BlockRef block, reader_.OpenBlock(frame.handle, frame.header.kind, frame.bytes));
    if (has_root_) return common::Corruption("a block behind the index root");
    switch (frame.header.kind) {
      case BlockKind::kData:
        if (filter_.has_value()) return common::Corruption("a data block behind its leaf's filter");
        return TakeData(frame.handle, block->view());
      case BlockKind::kFilter:
        filter_ = frame.handle;
        return CheckFilter(block->view());
      case BlockKind::kIndexLeaf:
        return TakeLeaf(frame.handle, block->view());
      case BlockKind::kIndexRoot:
        has_root_ = true;
        return frame.handle == reader_.trailer().index_root ? Status()
                                                            : common::Corruption("not the trailer's index root");
      case BlockKind::kTrailer:
        break;
    }
    return common::Corruption("a trailer among the blocks");
  }

  Status TakeData(BlockHandle handle, std::string_view block) {
    DataBlockCursor cursor;
    RETURN_IF_ERROR(cursor.Open(block));
    if (cursor.footer().restart_interval != reader_.trailer().restart_interval)
      return common::Corruption("another restart interval than the trailer says");
    BlockSeen seen;
    seen.handle = handle;
    seen.key_before = last_key_;
    uint32_t count = 0;
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
      RETURN_IF_ERROR(TakeCell(cursor.key(), cursor.value()));
      if (count++ == 0) seen.first_key = last_key_;
      if (count % cursor.footer().restart_interval == 1 || cursor.footer().restart_interval == 1)
        RETURN_IF_ERROR(CheckRestart(block, cursor));
    }
    if (cursor.damaged() || count != cursor.footer().cell_count) return common::Corruption("malformed cell");
    raw_bytes_ += block.size();
    ++block_count_;
    blocks_.push_back(std::move(seen));
    return Status();
  }

  /// A key at a restart must be found by seeking to it.
  static Status CheckRestart(std::string_view block, const DataBlockCursor& at) {
    DataBlockCursor cursor;
    RETURN_IF_ERROR(cursor.Open(block));
    cursor.Seek(at.key());
    if (!cursor.Valid() || cursor.key() != at.key() || cursor.value() != at.value())
      return common::Corruption("a restart does not lead to its cell");
    return Status();
  }

  Status TakeCell(std::string_view key, std::string_view value) {
    model::EncodedKeyParts parts;
    if (!model::ParseKeyPrefix(model::KeyPrefixOf(key), &parts))
      return common::Corruption("malformed key " + model::QuoteBytes(key));
    if (key <= last_key_) return common::Corruption("key " + model::QuoteBytes(key) + " is out of order");
    const size_t row_size = parts.row.size() + 1;
    const bool is_new_row = last_key_.compare(0, row_size, key.substr(0, row_size)) != 0;
    counter_.Add(key, value, parts, is_new_row);
    AddItems(key, row_size);
    last_key_.assign(key);
    return Status();
  }

  void AddItems(std::string_view key, size_t row_size) {
    using Mode = model::BloomSpec::Mode;
    if (reader_.trailer().filter_mode == Mode::kNone) return;
    items_.push_back(BloomItemHash(key.substr(0, row_size)));
    if (reader_.trailer().filter_mode == Mode::kRowsAndColumns)
      items_.push_back(BloomItemHash(key.substr(0, row_size + 1)));
  }

  Status CheckFilter(std::string_view block) {
    ASSIGN_OR_RETURN(const BloomFilter filter, BloomFilter::Parse(block));
    for (const uint64_t item : items_) {
      if (!filter.MayContain(item)) return common::Corruption("the filter denies a row of its leaf");
    }
    items_.clear();
    return Status();
  }

  Status TakeLeaf(BlockHandle handle, std::string_view block) {
    ASSIGN_OR_RETURN(const IndexBlock leaf, IndexBlock::Parse(block, false));
    if (leaf.entry_count() != blocks_.size()) return common::Corruption("leaf has another number of blocks");
    if (!items_.empty()) return common::Corruption("leaf without a filter");
    std::string leaf_start;
    for (uint32_t i = 0; i < leaf.entry_count(); ++i) {
      ASSIGN_OR_RETURN(const IndexEntry entry, leaf.Entry(i));
      const BlockSeen& seen = blocks_[i];
      const bool is_first = seen.key_before.empty();
      if (entry.block != seen.handle || entry.start > seen.first_key || (is_first && !entry.start.empty()) ||
          (!is_first && entry.start <= seen.key_before))
        return common::Corruption("leaf entry " + std::to_string(i) + " does not fit its block");
      if (i == 0) leaf_start.assign(entry.start);
    }
    RETURN_IF_ERROR(CheckRootEntry(handle, leaf_start));
    ++leaf_count_;
    blocks_.clear();
    filter_.reset();
    return Status();
  }

  Status CheckRootEntry(BlockHandle leaf, std::string_view leaf_start) const {
    if (leaf_count_ >= reader_.index_root().entry_count()) return common::Corruption("a leaf that the root lacks");
    ASSIGN_OR_RETURN(const IndexEntry entry, reader_.index_root().Entry(static_cast<uint32_t>(leaf_count_)));
    if (entry.block != leaf || entry.start != leaf_start || entry.filter != filter_.value_or(BlockHandle()))
      return common::Corruption("the root's entry does not fit the leaf");
    return Status();
  }

  Status CheckEnd() const {
    const CellStoreTrailer& trailer = reader_.trailer();
    if (!has_root_ || !blocks_.empty() || filter_.has_value()) return common::Corruption("blocks without a leaf");
    if (leaf_count_ != reader_.index_root().entry_count()) return common::Corruption("the root has leaves too many");
    CellStoreTrailer counted = trailer;
    counter_.FillIn(last_key_, &counted);
    counted.block_count = block_count_;
    counted.leaf_count = leaf_count_;
    counted.raw_bytes = raw_bytes_;
    if (counted != trailer) return common::Corruption("the trailer's statistics are not those of the cells");
    return CheckDigest(digest_, trailer);
  }

  const CellStoreReader& reader_;
  CellCounter counter_;
  DigestTree digest_;
  uint64_t offset_ = 0;
  std::string last_key_;
  std::vector<BlockSeen> blocks_;
  std::vector<uint64_t> items_;
  std::optional<BlockHandle> filter_;
  bool has_root_ = false;
  uint64_t block_count_ = 0;
  uint64_t leaf_count_ = 0;
  uint64_t raw_bytes_ = 0;
};

}  // namespace

Result<CellStoreVerification> VerifyCellStore(const CellStoreReader& reader) {
  Verification verification(reader);
  auto result = verification.Run();
  if (result.ok()) return result;
  return reader.Named(
      std::move(result).status().WithContext("block at offset " + std::to_string(verification.offset())));
}

Status VerifyCellStoreDigest(const CellStoreReader& reader) {
  const uint64_t end = reader.trailer().index_root.end();
  DigestTree digest;
  if (Status status = AddFileHeader(reader, &digest); !status.ok()) return reader.Named(std::move(status));
  for (uint64_t offset = kFileHeaderBytes; offset < end;) {
    auto frame = ReadFrame(reader, offset, end);
    if (!frame.ok())
      return reader.Named(std::move(frame).status().WithContext("block at offset " + std::to_string(offset)));
    digest.Add(frame->bytes);
    offset = frame->handle.end();
  }
  return reader.Named(CheckDigest(digest, reader.trailer()));
}

}  // namespace cellar::storage
