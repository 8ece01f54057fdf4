#include "storage/commitlog/fragment_index.h"

#include <algorithm>

#include "common/bytes/coding.h"
#include "storage/commitlog/fragment_header.h"

namespace cellar::storage {
namespace {

constexpr size_t kMaxBlockEntryBytes = 10 + 1 + 10 + 10;
constexpr size_t kMaxRangeEntryBytes = 2 * 5 + 1 + 2 * 10 + 5 + 10 + 5 * 10;  // Without the rows.
constexpr size_t kMaxRefBytes = 5;

Status Malformed() {
  return common::Corruption("malformed index of a log fragment");
}

void PutRevisions(std::string* out, model::Revision min, model::Revision max) {
  common::PutZigZag64(out, min.get());
  common::PutVarint64(out, static_cast<uint64_t>(max.get()) - static_cast<uint64_t>(min.get()));
}

bool GetRevisions(common::Reader* in, model::Revision* min, model::Revision* max) {
  int64_t low = 0;
  uint64_t span = 0;
  if (!in->GetZigZag64(&low) || !in->GetVarint64(&span)) return false;
  if (span > static_cast<uint64_t>(INT64_MAX) - static_cast<uint64_t>(low)) return false;
  *min = model::Revision(low);
  *max = model::Revision(static_cast<int64_t>(static_cast<uint64_t>(low) + span));
  return true;
}

}  // namespace

void RangeExtent::Add(const Section& section) {
  min_revision = section_count == 0 ? section.base : std::min(min_revision, section.base);
  max_revision = section_count == 0 ? section.last_revision() : std::max(max_revision, section.last_revision());
  ++section_count;
  cells_bytes += section.cells.size();
}

void FragmentIndex::AddBlock(const BlockHeader& header, std::span<const RangeExtent> extents) {
  const auto ordinal = static_cast<uint32_t>(blocks_.size());
  blocks_.push_back(Block{.kind = header.kind,
                          .offset = header.offset,
                          .size_bytes = header.end() - header.offset,
                          .min_revision = header.min_revision,
                          .max_revision = header.max_revision});
  encoded_bytes_bound_ += kMaxBlockEntryBytes;
  for (const RangeExtent& extent : extents) {
    const auto [found, is_new] = ranges_.try_emplace(*extent.range);
    Range& range = found->second;
    if (is_new) {
      range.min_revision = extent.min_revision;
      range.max_revision = extent.max_revision;
      encoded_bytes_bound_ += kMaxRangeEntryBytes + (extent.range->start_row ? extent.range->start_row->size() : 0) +
                              (extent.range->end_row ? extent.range->end_row->size() : 0);
    }
    range.min_revision = std::min(range.min_revision, extent.min_revision);
    range.max_revision = std::max(range.max_revision, extent.max_revision);
    range.section_count += extent.section_count;
    range.cells_bytes += extent.cells_bytes;
    range.blocks.push_back(ordinal);
    encoded_bytes_bound_ += kMaxRefBytes;
  }
}

std::string FragmentIndex::Encode() const {
  std::string out;
  common::PutVarint64(&out, first_sequence_);
  common::PutVarint64(&out, pruned_up_to_);
  common::PutVarint64(&out, blocks_.size());
  for (const Block& block : blocks_) {
    common::PutVarint64(&out, block.size_bytes / kBlockAlignment);
    common::PutFixed8(&out, static_cast<uint8_t>(block.kind));
    PutRevisions(&out, block.min_revision, block.max_revision);
  }
  common::PutVarint64(&out, ranges_.size());
  for (const auto& [range, entry] : ranges_) {
    PutLoggedRange(&out, range);
    PutRevisions(&out, entry.min_revision, entry.max_revision);
    common::PutVarint64(&out, entry.section_count);
    common::PutVarint64(&out, entry.cells_bytes);
    common::PutVarint64(&out, entry.blocks.size());
    uint32_t previous = 0;
    for (const uint32_t ordinal : entry.blocks) {
      common::PutVarint32(&out, ordinal - previous);
      previous = ordinal;
    }
  }
  return out;
}

Result<FragmentIndex> FragmentIndex::Decode(std::string_view bytes, uint64_t end_offset) {
  common::Reader in(bytes);
  FragmentIndex index;
  uint64_t block_count = 0;
  if (!in.GetVarint64(&index.first_sequence_) || !in.GetVarint64(&index.pruned_up_to_) ||
      !in.GetVarint64(&block_count) || block_count > in.remaining_bytes())
    return Malformed();
  uint64_t offset = kFragmentHeaderBytes;
  for (uint64_t i = 0; i < block_count; ++i) {
    Block block;
    uint64_t size = 0;
    uint8_t kind = 0;
    if (!in.GetVarint64(&size) || !in.GetFixed8(&kind) || kind < 1 || kind > 3) return Malformed();
    if (!GetRevisions(&in, &block.min_revision, &block.max_revision)) return Malformed();
    if (size == 0 || size > (end_offset - offset) / kBlockAlignment) return Malformed();
    block.kind = static_cast<LogBlockKind>(kind);
    block.offset = offset;
    block.size_bytes = size * kBlockAlignment;
    offset = block.end();
    index.blocks_.push_back(block);
  }
  uint64_t range_count = 0;
  if (offset != end_offset || !in.GetVarint64(&range_count) || range_count > in.remaining_bytes()) return Malformed();
  for (uint64_t i = 0; i < range_count; ++i) {
    LoggedRange range;
    Range entry;
    if (!GetRange(&in, index.blocks_.size(), &range, &entry)) return Malformed();
    if (!index.ranges_.try_emplace(std::move(range), std::move(entry)).second) return Malformed();
  }
  if (!in.empty()) return Malformed();
  index.encoded_bytes_bound_ = bytes.size();
  return index;
}

bool FragmentIndex::GetRange(common::Reader* in, size_t block_count, LoggedRange* range, Range* entry) {
  uint64_t ref_count = 0;
  if (!GetLoggedRange(in, range) || !GetRevisions(in, &entry->min_revision, &entry->max_revision) ||
      !in->GetVarint64(&entry->section_count) || !in->GetVarint64(&entry->cells_bytes) ||
      !in->GetVarint64(&ref_count) || ref_count == 0 || ref_count > in->remaining_bytes())
    return false;
  uint64_t ordinal = 0;
  for (uint64_t i = 0; i < ref_count; ++i) {
    uint32_t difference = 0;
    if (!in->GetVarint32(&difference) || (i > 0 && difference == 0)) return false;
    ordinal += difference;
    if (ordinal >= block_count) return false;
    entry->blocks.push_back(static_cast<uint32_t>(ordinal));
  }
  return true;
}

}  // namespace cellar::storage
