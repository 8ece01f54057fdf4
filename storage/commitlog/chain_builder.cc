#include "storage/commitlog/chain_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cellar::storage {

ChainBuilder::ChainBuilder(const FileSystem& files, std::string directory, const LogIdentity& identity)
    : files_(files), directory_(std::move(directory)), identity_(identity), reader_(new LogReader()) {}

Result<std::unique_ptr<LogReader>> ChainBuilder::Build(std::span<const common::SealedFile> sealed) {
  RETURN_IF_ERROR(ReadHeaders());
  RETURN_IF_ERROR(WalkBack());
  CheckSealed(sealed);
  BoundDamage();
  return std::move(reader_);
}

Status ChainBuilder::ReadHeaders() {
  const auto entries = files_.List(directory_);
  if (entries.status().Is(StatusCode::kNotFound)) return common::OkStatus();
  if (!entries.ok()) return entries.status();
  for (const common::DirectoryEntry& entry : *entries) {
    const std::optional<uint64_t> number = ParseFragmentName(entry.name);
    if (number && *number > 0 && !entry.is_directory) RETURN_IF_ERROR(ReadCandidate(*number));
  }
  return common::OkStatus();
}

Status ChainBuilder::ReadCandidate(uint64_t number) {
  Candidate candidate;
  ASSIGN_OR_RETURN(candidate.file,
                   FragmentFile::Open(files_, directory_ + "/" + FragmentName(number), identity_, number));
  Result<FragmentHeader> header = candidate.file->ReadHeader();
  if (header.ok()) {
    candidate.header = *header;
  } else {
    if (!header.status().Is(StatusCode::kCorruption)) return header.status();
    // The header is durable before any block is appended: a longer file shows that it was there and is damaged.
    candidate.has_blocks = candidate.file->length_bytes() > kFragmentHeaderBytes;
    if (!candidate.has_blocks)
      reader_->notes_.push_back(
          fmt::format("{}: never came to use ({})", candidate.file->path(), header.status().message()));
  }
  lengths_.emplace(number, candidate.file->length_bytes());
  candidates_.emplace(number, std::move(candidate));
  return common::OkStatus();
}

Status ChainBuilder::WalkBack() {
  auto tip =
      std::find_if(candidates_.rbegin(), candidates_.rend(), [](const auto& entry) { return entry.second.in_use(); });
  if (tip == candidates_.rend()) return common::OkStatus();
  uint64_t number = tip->first;
  std::optional<uint64_t> known_end;
  while (number != 0) {
    auto found = candidates_.find(number);
    const bool usable = found != candidates_.end() && found->second.in_use();
    if (number <= reader_->pruned_up_to_) break;
    if (!usable) {
      NoteLost(number, known_end.value_or(0));
      if (found == candidates_.end()) break;  // Nothing tells what stood before it: that is part of the damage.
      found->second.has_blocks = true;
    }
    const std::optional<FragmentHeader> header = found->second.header;
    RETURN_IF_ERROR(TakeFragment(std::move(found->second), known_end));
    candidates_.erase(found);
    if (header) {
      number = header->predecessor_number;
      known_end = header->predecessor_bytes;
    } else {
      // Without its header nothing tells what stood before it. The file before it must do, and be whole: a number that
      // a failed roll skipped then counts as lost, which is the safe side.
      --number;
      known_end.reset();
    }
  }
  std::reverse(reader_->fragments_.begin(), reader_->fragments_.end());
  for (const auto& [left, candidate] : candidates_) {
    if (left > reader_->pruned_up_to_ && candidate.header)
      reader_->notes_.push_back(fmt::format("{}: given up by a failed roll", candidate.file->path()));
  }
  return common::OkStatus();
}

void ChainBuilder::NoteLost(uint64_t number, uint64_t bytes) {
  AddDamage({.file = directory_ + "/" + FragmentName(number), .offset = 0, .bytes = bytes});
}

Status ChainBuilder::TakeFragment(Candidate candidate, std::optional<uint64_t> known_end) {
  LogFragment fragment;
  fragment.file = std::move(candidate.file);
  fragment.header = candidate.header;
  if (!fragment.header) {
    fragment.damaged = true;
    if (candidate.has_blocks && (reader_->damage_.empty() || reader_->damage_.back().file != fragment.file->path()))
      AddDamage({.file = fragment.file->path(),
                 .offset = 0,
                 .bytes = kFragmentHeaderBytes,
                 .first_possible = model::Revision{INT64_MAX},
                 .last_possible = model::Revision{INT64_MIN}});
  }
  RETURN_IF_ERROR(LoadIndex(&fragment, known_end));
  reader_->pruned_up_to_ = std::max(reader_->pruned_up_to_, fragment.index.pruned_up_to());
  if (fragment.header) reader_->pruned_up_to_ = std::max(reader_->pruned_up_to_, fragment.header->pruned_up_to);
  const uint64_t behind = fragment.file->length_bytes() - std::min(fragment.valid_bytes, fragment.file->length_bytes());
  if (!known_end && behind > 0) {
    const std::string& path = fragment.file->path();
    if (reader_->fragments_.empty())
      reader_->torn_tail_ = TornTail{.file = path, .offset = fragment.valid_bytes, .bytes = behind};
    else  // Its successor's header is damaged: whether these bytes counted cannot be known.
      AddDamage({.file = path, .offset = fragment.valid_bytes, .bytes = behind});
  }
  reader_->fragments_.push_back(std::move(fragment));
  return common::OkStatus();
}

Status ChainBuilder::LoadIndex(LogFragment* fragment, std::optional<uint64_t> known_end) {
  const FragmentFile& file = *fragment->file;
  const uint64_t end = known_end.value_or(file.length_bytes());
  ASSIGN_OR_RETURN(std::optional<FragmentIndex> own, file.ReadOwnIndex(end));
  if (own) {
    fragment->index = std::move(*own);
    fragment->valid_bytes = end;
    return common::OkStatus();
  }
  ASSIGN_OR_RETURN(auto beside, file.ReadSideIndex(files_));
  if (beside && (!known_end || *known_end == beside->valid_bytes)) {
    fragment->index = std::move(beside->index);
    fragment->valid_bytes = beside->valid_bytes;
    // The index does not say what of the tip was proven to be durable.
    if (!known_end) fragment->proven.assign(fragment->index.blocks().size(), false);
    return common::OkStatus();
  }
  const std::optional<uint64_t> first_sequence =
      fragment->header ? std::optional(fragment->header->first_sequence) : std::nullopt;
  ASSIGN_OR_RETURN(FragmentScan scan, ScanFragment(file, known_end, first_sequence));
  fragment->scanned = true;
  fragment->valid_bytes = scan.logical_end;
  fragment->index = std::move(scan.index);
  fragment->proven = std::move(scan.proven);
  for (const DamagedExtent& extent : scan.damage) {
    fragment->damaged = true;
    AddDamage({.file = file.path(),
               .offset = extent.begin,
               .bytes = extent.end - extent.begin,
               .first_possible = extent.first_possible,
               .last_possible = extent.last_possible});
  }
  return common::OkStatus();
}

void ChainBuilder::CheckSealed(std::span<const common::SealedFile> sealed) {
  for (const common::SealedFile& file : sealed) {
    const std::optional<uint64_t> number = ParseFragmentName(file.name);
    if (!number || *number <= reader_->pruned_up_to_ || file.length_bytes <= kFragmentHeaderBytes) continue;
    const std::string path = directory_ + "/" + file.name;
    const auto listed = lengths_.find(*number);
    const uint64_t length = listed == lengths_.end() ? 0 : listed->second;
    const bool reported = std::any_of(reader_->damage_.begin(), reader_->damage_.end(),
                                      [&](const LogDamage& damage) { return damage.file == path; });
    if (length < file.length_bytes && !reported)
      AddDamage({.file = path, .offset = length, .bytes = file.length_bytes - length});
  }
}

void ChainBuilder::BoundDamage() {
  // A hole at the end of a fragment cannot hold revisions of a later fragment: groups rise over the whole log.
  std::optional<model::Revision> next_min;
  for (auto fragment = reader_->fragments_.rbegin(); fragment != reader_->fragments_.rend(); ++fragment) {
    for (LogDamage& damage : reader_->damage_) {
      if (next_min && damage.file == fragment->file->path() && damage.last_possible.get() == INT64_MAX)
        damage.last_possible = model::Revision(next_min->get() - 1);
    }
    for (const FragmentIndex::Block& block : fragment->index.blocks()) {
      if (block.kind != LogBlockKind::kGroup) continue;
      next_min = next_min ? std::min(*next_min, block.min_revision) : block.min_revision;
      break;
    }
  }
  for (LogDamage& damage : reader_->damage_) {  // What is missing before the chain.
    const bool in_chain =
        std::any_of(reader_->fragments_.begin(), reader_->fragments_.end(),
                    [&](const LogFragment& fragment) { return fragment.file->path() == damage.file; });
    const bool before = reader_->fragments_.empty() || damage.file < reader_->fragments_.front().file->path();
    if (!in_chain && before && next_min && damage.last_possible.get() == INT64_MAX)
      damage.last_possible = model::Revision(next_min->get() - 1);
  }
}

}  // namespace cellar::storage
