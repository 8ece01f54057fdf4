#include "storage/commitlog/section_replay.h"

#include <fmt/format.h>

#include <algorithm>

namespace cellar::storage {

SectionReplay::SectionReplay(std::span<const ReplaySelection> selections, const SectionVisitor& visit)
    : selections_(selections), visit_(visit), statuses_(selections.size()), visitor_failed_(selections.size()) {}

void SectionReplay::NoteDamage(const LogDamage& damage) {
  for (size_t i = 0; i < selections_.size(); ++i) {
    if (selections_[i].flushed < damage.last_possible) Fail(i, damage.ToStatus());
  }
}

void SectionReplay::Fail(size_t selection, const Status& status) {
  if (statuses_[selection].ok()) statuses_[selection] = status;
}

std::map<uint32_t, SectionReplay::Selected> SectionReplay::BlocksNeeded(const FragmentIndex& index) const {
  std::map<uint32_t, Selected> needed;
  for (const auto& [range, entry] : index.ranges()) {
    for (size_t i = 0; i < selections_.size(); ++i) {
      if (!selections_[i].Takes(range, entry.max_revision)) continue;
      for (const uint32_t ordinal : entry.blocks) {
        if (index.blocks()[ordinal].max_revision <= selections_[i].flushed) continue;
        Selected& selected = needed[ordinal];
        if (std::find(selected.begin(), selected.end(), i) == selected.end()) selected.push_back(i);
      }
    }
  }
  return needed;
}

void SectionReplay::ReplayFragment(const LogFragment& fragment) {
  for (const auto& [ordinal, selected] : BlocksNeeded(fragment.index)) {
    const Status status = ReplayBlock(fragment, ordinal, selected);
    if (status.ok()) continue;
    for (const size_t selection : selected) Fail(selection, status);
  }
}

Status SectionReplay::ReplayBlock(const LogFragment& fragment, uint32_t ordinal, const Selected& selected) {
  const FragmentFile& file = *fragment.file;
  const FragmentIndex::Block& place = fragment.index.blocks()[ordinal];
  const bool proven = fragment.proven.empty() || fragment.proven[ordinal];
  ASSIGN_OR_RETURN(const std::optional<BlockHeader> block, file.ReadBlockHeader(place.offset, place.end()));
  if (!block || block->kind != place.kind || block->end() != place.end())
    return common::Corruption(
        fmt::format("{}: header of a block does not verify at offset {}", file.path(), place.offset));
  ASSIGN_OR_RETURN(const std::string directory, file.ReadDirectory(*block));
  ASSIGN_OR_RETURN(const GroupDirectory group, file.DecodeGroup(*block, directory));
  expanded_chunk_ = SIZE_MAX;
  for (const DirectorySection& entry : group.sections) {
    Selected takers;
    for (const size_t selection : selected) {
      if (!visitor_failed_[selection] &&
          selections_[selection].Takes(*entry.section.range, entry.section.last_revision()))
        takers.push_back(selection);
    }
    if (takers.empty()) continue;
    const Status status = ReplaySection(file, *block, group, entry, proven, takers);
    if (status.ok()) continue;
    for (const size_t selection : takers) Fail(selection, status);  // The chunk is lost; others are not.
  }
  return common::OkStatus();
}

Status SectionReplay::ReplaySection(const FragmentFile& file, const BlockHeader& block, const GroupDirectory& group,
                                    const DirectorySection& entry, bool proven, const Selected& selected) {
  if (expanded_chunk_ != entry.chunk_index) {
    expanded_chunk_ = SIZE_MAX;
    RETURN_IF_ERROR(file.ReadChunk(block, group.chunks[entry.chunk_index], &stored_, &raw_));
    expanded_chunk_ = entry.chunk_index;
  }
  ReplayedSection replayed;
  replayed.section = entry.section;
  replayed.section.cells = std::string_view(raw_).substr(entry.cells_offset, entry.cells_bytes);
  replayed.fragment_number = file.number();
  replayed.block_offset = block.offset;
  replayed.proven_durable = proven;
  for (const size_t selection : selected) {
    if (!IsNew(selection, replayed.section)) continue;
    const Status status = visit_(selection, replayed);
    if (status.ok()) continue;
    visitor_failed_[selection] = true;
    Fail(selection, status);
  }
  return common::OkStatus();
}

bool SectionReplay::IsNew(size_t selection, const Section& section) {
  std::string key;
  PutLoggedRange(&key, *section.range);
  const auto [found, is_first] = last_base_.try_emplace({selection, std::move(key)}, section.base);
  if (is_first) return true;
  if (section.base <= found->second) return false;
  found->second = section.base;
  return true;
}

}  // namespace cellar::storage
