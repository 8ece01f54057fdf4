#include "storage/commitlog/group_encoder.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::storage {
namespace {

constexpr char kZeros[kBlockAlignment] = {};
constexpr size_t kMaxFixedDirectoryBytes = 160;  // All numbers of a range, a section and a chunk at their longest.

bool ComesBefore(const Section* a, const Section* b) {
  if (a->range != b->range) {
    const auto order = Compare(*a->range, *b->range);
    if (order != 0) return order < 0;
  }
  return a->base < b->base;
}

}  // namespace

GroupEncoder::GroupEncoder() : compressor_(model::CompressorSpec{.compressor = model::Compressor::kLz4}) {}

size_t MaxDirectoryBytes(const Section& section) {
  const LoggedRange& range = *section.range;
  return kMaxFixedDirectoryBytes + section.result.size() + (range.start_row ? range.start_row->size() : 0) +
         (range.end_row ? range.end_row->size() : 0);
}

void GroupEncoder::Encode(std::span<const Section> sections, bool compress, const FragmentBinding& binding,
                          BlockHeader* header) {
  CHECK(!sections.empty());
  Sort(sections);
  CutChunks(compress);
  BuildDirectory();
  CHECK(directory_.size() <= kMaxGroupDirectoryBytes);

  header->kind = LogBlockKind::kGroup;
  header->directory_bytes = static_cast<uint32_t>(directory_.size());
  header->payload_bytes = 0;
  for (const PendingChunk& pending : chunks_) header->payload_bytes += pending.chunk.stored_bytes;
  CHECK(header->payload_bytes <= kMaxBlockPayloadBytes);
  header->min_revision = extents_.front().min_revision;
  header->max_revision = extents_.front().max_revision;
  for (const RangeExtent& extent : extents_) {
    header->min_revision = std::min(header->min_revision, extent.min_revision);
    header->max_revision = std::max(header->max_revision, extent.max_revision);
  }
  FillChecksums(binding, header);
  EncodeBlockHeader(*header, binding, header_bytes_);

  pieces_.clear();
  pieces_.emplace_back(header_bytes_, kBlockHeaderBytes);
  pieces_.emplace_back(directory_);
  pieces_.insert(pieces_.end(), payload_.begin(), payload_.end());
  if (header->padding_bytes() > 0) pieces_.emplace_back(kZeros, header->padding_bytes());
}

void GroupEncoder::Sort(std::span<const Section> sections) {
  sorted_.clear();
  for (const Section& section : sections) {
    CHECK(section.range != nullptr && section.revision_count > 0);
    CHECK(!section.cells.empty() || !section.result.empty());
    CHECK(section.result.size() <= kMaxResultBytes);
    sorted_.push_back(&section);
  }
  std::sort(sorted_.begin(), sorted_.end(), ComesBefore);
}

void GroupEncoder::CutChunks(bool compress) {
  chunks_.clear();
  chunk_begins_.clear();
  payload_.clear();
  compressed_.clear();
  size_t begin = 0;
  uint64_t raw_bytes = 0;
  for (size_t i = 0; i < sorted_.size(); ++i) {
    const size_t size = sorted_[i]->cells.size();
    const bool alone = size >= kAloneChunkBytes;
    if (begin < i && (alone || raw_bytes + size > kSharedChunkBytes)) {
      AddChunk(begin, i, raw_bytes, compress);
      begin = i;
      raw_bytes = 0;
    }
    raw_bytes += size;
    if (!alone) continue;
    AddChunk(begin, i + 1, raw_bytes, compress);
    begin = i + 1;
    raw_bytes = 0;
  }
  if (begin < sorted_.size()) AddChunk(begin, sorted_.size(), raw_bytes, compress);
}

/// Judges a large chunk by its front: LZ4 costs more than the disk does for what it makes smaller by little.
bool GroupEncoder::IsWorthCompressing(std::string_view raw) {
  constexpr size_t kSampleBytes = 8 << 10;
  if (raw.size() < 4 * kSampleBytes) return true;
  return compressor_.Compress(raw.substr(0, kSampleBytes), &sample_) == model::Compressor::kLz4 &&
         sample_.size() <= kSampleBytes * 2 / 3;
}

void GroupEncoder::AddChunk(size_t begin, size_t end, uint64_t raw_bytes, bool compress) {
  PendingChunk pending;
  pending.first_piece = payload_.size();
  pending.chunk.raw_bytes = raw_bytes;
  pending.chunk.stored_bytes = raw_bytes;
  for (size_t i = begin; i < end; ++i) payload_.push_back(sorted_[i]->cells);
  if (compress && raw_bytes >= kAloneChunkBytes) {
    std::string_view raw = sorted_[begin]->cells;
    if (end - begin > 1) {
      joined_.clear();
      for (size_t i = begin; i < end; ++i) joined_.append(sorted_[i]->cells);
      raw = joined_;
    }
    std::string& target = compressed_.emplace_back();
    if (IsWorthCompressing(raw) && compressor_.Compress(raw, &target) == model::Compressor::kLz4) {
      payload_.resize(pending.first_piece);
      payload_.emplace_back(target);
      pending.chunk.coding = ChunkCoding::kLz4;
      pending.chunk.stored_bytes = target.size();
    } else {
      compressed_.pop_back();
    }
  }
  pending.piece_count = payload_.size() - pending.first_piece;
  chunk_begins_.push_back(begin);
  chunks_.push_back(pending);
}

void GroupEncoder::BuildDirectory() {
  directory_.clear();
  extents_.clear();
  for (size_t i = 0; i < sorted_.size(); ++i) {
    const Section& section = *sorted_[i];
    if (i == 0 || Compare(*sorted_[i - 1]->range, *section.range) != 0) extents_.emplace_back(section.range);
    extents_.back().Add(section);
  }
  common::PutVarint64(&directory_, extents_.size());
  size_t next_chunk = 0;
  size_t next_section = 0;
  for (const RangeExtent& extent : extents_) {
    PutLoggedRange(&directory_, *extent.range);
    common::PutVarint64(&directory_, extent.section_count);
    for (uint64_t i = 0; i < extent.section_count; ++i, ++next_section) {
      const Section& section = *sorted_[next_section];
      CHECK(i == 0 || sorted_[next_section - 1]->base < section.base);
      PutSection(section, next_section, &next_chunk);
    }
  }
}

void GroupEncoder::PutSection(const Section& section, size_t index, size_t* next_chunk) {
  common::PutZigZag64(&directory_, section.base.get());
  common::PutVarint32(&directory_, section.revision_count);
  common::PutZigZag64(&directory_, section.session.get());
  common::PutZigZag64(&directory_, section.sequence.get());
  common::PutZigZag64(&directory_, section.expires_at);
  common::PutVarint32(&directory_, section.flags);
  common::PutLengthPrefixed(&directory_, section.result);
  common::PutVarint64(&directory_, section.cells.size());
  if (*next_chunk == chunks_.size() || chunk_begins_[*next_chunk] != index) {
    common::PutFixed8(&directory_, 0);
    return;
  }
  PendingChunk& pending = chunks_[(*next_chunk)++];
  common::PutFixed8(&directory_, static_cast<uint8_t>(pending.chunk.coding));
  common::PutVarint64(&directory_, pending.chunk.stored_bytes);
  common::PutVarint64(&directory_, pending.chunk.raw_bytes);
  pending.crc_at = directory_.size();
  common::PutFixed32(&directory_, 0);
}

void GroupEncoder::FillChecksums(const FragmentBinding& binding, BlockHeader* header) {
  uint64_t offset = header->payload_offset();
  for (const PendingChunk& pending : chunks_) {
    uint32_t crc = binding.Start(offset);
    for (size_t i = 0; i < pending.piece_count; ++i) crc = common::ExtendCrc32c(crc, payload_[pending.first_piece + i]);
    common::StoreFixed32(directory_.data() + pending.crc_at, crc);
    offset += pending.chunk.stored_bytes;
  }
  header->directory_crc = binding.Crc(header->directory_offset(), directory_);
}

}  // namespace cellar::storage
