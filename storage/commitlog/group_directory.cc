#include "storage/commitlog/group_directory.h"

#include <fmt/format.h>

#include "common/bytes/coding.h"
#include "storage/block/block_compressor.h"
#include "storage/commitlog/block_header.h"

namespace cellar::storage {
namespace {

/// LZ4 cannot expand more than 255 times: a larger claim is damage, refused before anything is allocated.
constexpr uint64_t kMaxLz4Ratio = 255;

/// Decodes the directory of one group block, from front to back.
class DirectoryDecoder {
 public:
  DirectoryDecoder(std::string_view bytes, uint64_t payload_bytes) : in_(bytes), payload_bytes_(payload_bytes) {}

  Result<GroupDirectory> Decode() {
    uint32_t range_count = 0;
    if (!in_.GetVarint32(&range_count) || range_count > in_.remaining_bytes()) return Malformed();
    for (uint32_t i = 0; i < range_count; ++i) {
      if (!DecodeRange()) return Malformed();
    }
    if (!CloseChunk() || !in_.empty() || payload_at_ != payload_bytes_) return Malformed();
    for (DirectorySection& section : directory_.sections)
      section.section.range = &directory_.ranges[section.range_index];
    return std::move(directory_);
  }

 private:
  Status Malformed() const {
    return common::Corruption(fmt::format("malformed group directory at byte {}", in_.offset()));
  }

  bool DecodeRange() {
    LoggedRange range;
    uint32_t section_count = 0;
    if (!GetLoggedRange(&in_, &range) || !in_.GetVarint32(&section_count)) return false;
    if (section_count == 0 || section_count > in_.remaining_bytes()) return false;
    if (!directory_.ranges.empty() && Compare(directory_.ranges.back(), range) >= 0) return false;
    directory_.ranges.push_back(std::move(range));
    for (uint32_t i = 0; i < section_count; ++i) {
      if (!DecodeSection()) return false;
      const size_t count = directory_.sections.size();
      if (i > 0 && directory_.sections[count - 2].section.base >= directory_.sections[count - 1].section.base)
        return false;
    }
    return true;
  }

  bool DecodeSection() {
    DirectorySection entry;
    Section& section = entry.section;
    int64_t base = 0;
    int64_t session = 0;
    int64_t sequence = 0;
    const bool present = in_.GetZigZag64(&base) && in_.GetVarint32(&section.revision_count) &&
                         in_.GetZigZag64(&session) && in_.GetZigZag64(&sequence) &&
                         in_.GetZigZag64(&section.expires_at) && in_.GetVarint32(&section.flags) &&
                         in_.GetLengthPrefixed(&section.result) && in_.GetVarint64(&entry.cells_bytes);
    if (!present || section.revision_count == 0 || section.result.size() > kMaxResultBytes) return false;
    if (entry.cells_bytes == 0 && section.result.empty()) return false;
    if (base > INT64_MAX - static_cast<int64_t>(section.revision_count)) return false;
    section.base = model::Revision(base);
    section.session = model::SessionId(session);
    section.sequence = model::SequenceNumber(sequence);
    if (!DecodeChunkMark()) return false;
    entry.range_index = static_cast<uint32_t>(directory_.ranges.size() - 1);
    entry.chunk_index = static_cast<uint32_t>(directory_.chunks.size() - 1);
    entry.cells_offset = chunk_filled_;
    if (entry.cells_bytes > directory_.chunks.back().raw_bytes - chunk_filled_) return false;
    chunk_filled_ += entry.cells_bytes;
    directory_.sections.push_back(entry);
    return true;
  }

  bool DecodeChunkMark() {
    uint8_t mark = 0;
    if (!in_.GetFixed8(&mark) || mark > static_cast<uint8_t>(ChunkCoding::kLz4)) return false;
    if (mark == 0) return !directory_.chunks.empty();
    if (!CloseChunk()) return false;
    DirectoryChunk chunk;
    chunk.coding = static_cast<ChunkCoding>(mark);
    if (!in_.GetVarint64(&chunk.stored_bytes) || !in_.GetVarint64(&chunk.raw_bytes) || !in_.GetFixed32(&chunk.crc))
      return false;
    if (chunk.stored_bytes > payload_bytes_ - payload_at_ || chunk.raw_bytes > kMaxBlockPayloadBytes) return false;
    const bool possible = chunk.coding == ChunkCoding::kStored ? chunk.stored_bytes == chunk.raw_bytes
                                                               : chunk.raw_bytes / kMaxLz4Ratio <= chunk.stored_bytes;
    if (!possible) return false;
    chunk.payload_offset = payload_at_;
    payload_at_ += chunk.stored_bytes;
    chunk_filled_ = 0;
    directory_.chunks.push_back(chunk);
    return true;
  }

  bool CloseChunk() const { return directory_.chunks.empty() || directory_.chunks.back().raw_bytes == chunk_filled_; }

  common::Reader in_;
  const uint64_t payload_bytes_;
  GroupDirectory directory_;
  uint64_t payload_at_ = 0;
  uint64_t chunk_filled_ = 0;
};

}  // namespace

Result<GroupDirectory> DecodeGroupDirectory(std::string_view bytes, uint64_t payload_bytes) {
  return DirectoryDecoder(bytes, payload_bytes).Decode();
}

Status ExpandChunk(const DirectoryChunk& chunk, std::string_view stored, std::string* out) {
  if (chunk.coding == ChunkCoding::kStored) {
    out->assign(stored);
    return common::OkStatus();
  }
  out->resize(chunk.raw_bytes);
  return Decompress(model::Compressor::kLz4, stored, out->data(), out->size());
}

}  // namespace cellar::storage
