#include "storage/commitlog/fragment_scan.h"

#include <algorithm>
#include <utility>

#include "common/bytes/coding.h"

namespace cellar::storage {
namespace {

/// A stretch of the fragment: a block whose header verifies, or bytes between two of them.
struct Stretch {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::optional<BlockHeader> block;
};

struct Outline {
  std::vector<Stretch> stretches;
  uint64_t durable = kFragmentHeaderBytes;
};

/// First pass: where the blocks are, and how far the fragment was durable.
Result<Outline> FindBlocks(const FragmentFile& file, uint64_t limit) {
  Outline outline;
  uint64_t at = kFragmentHeaderBytes;
  while (at < limit) {
    ASSIGN_OR_RETURN(std::optional<BlockHeader> block, file.ReadBlockHeader(at, limit));
    if (block) {
      outline.durable = std::max(outline.durable, block->durable_up_to);
      outline.stretches.push_back({.begin = at, .end = block->end(), .block = block});
      at = block->end();
      continue;
    }
    ASSIGN_OR_RETURN(block, file.FindBlockHeader(at, limit));
    // A header that verifies counts as a witness also when its block is cut off by the end of the file.
    while (block && (block->offset == at || block->end() > limit)) {
      outline.durable = std::max(outline.durable, block->durable_up_to);
      ASSIGN_OR_RETURN(block, file.FindBlockHeader(block->offset + kBlockAlignment, limit));
    }
    const uint64_t next = block ? block->offset : limit;
    outline.stretches.push_back({.begin = at, .end = next, .block = std::nullopt});
    at = next;
  }
  return outline;
}

/// Second pass: takes the stretches in order, up to the logical end.
class ScanBuilder {
 public:
  ScanBuilder(const FragmentFile& file, uint64_t durable, bool is_tip, std::optional<uint64_t> first_sequence)
      : file_(file), durable_(durable), is_tip_(is_tip), expected_sequence_(first_sequence) {
    scan_.logical_end = kFragmentHeaderBytes;
    if (first_sequence) scan_.index.set_first_sequence(*first_sequence);
  }

  Result<FragmentScan> Build(const Outline& outline) {
    for (const Stretch& stretch : outline.stretches) {
      const bool proven = !is_tip_ || stretch.begin < durable_;
      Status status = stretch.block ? TakeBlock(*stretch.block, proven) : common::Corruption("no block");
      if (!status.ok()) {
        if (!status.Is(StatusCode::kCorruption)) return status;
        if (!proven) break;  // The torn tail: nothing from here on was acknowledged.
        AddDamage(stretch);
      }
      scan_.logical_end = stretch.end;
    }
    return std::move(scan_);
  }

 private:
  Status TakeBlock(const BlockHeader& block, bool proven) {
    const bool in_order = !expected_sequence_ || block.sequence == *expected_sequence_ ||
                          (after_damage_ && block.sequence >= *expected_sequence_);
    if (!in_order) return common::Corruption("block out of order");
    if (!expected_sequence_) scan_.index.set_first_sequence(block.sequence);
    if (!proven) RETURN_IF_ERROR(file_.VerifyBlock(block));
    ASSIGN_OR_RETURN(const std::string directory, file_.ReadDirectory(block));
    std::vector<RangeExtent> extents;
    GroupDirectory group;
    if (block.kind == LogBlockKind::kGroup) {
      ASSIGN_OR_RETURN(group, file_.DecodeGroup(block, directory));
      extents = ExtentsOf(group);
    } else if (block.kind == LogBlockKind::kPrune) {
      uint64_t number = 0;
      common::Reader in(directory);
      if (!in.GetVarint64(&number) || !in.empty()) return common::Corruption("malformed prune record");
      scan_.index.set_pruned_up_to(std::max(scan_.index.pruned_up_to(), number));
    }
    scan_.index.AddBlock(block, extents);
    scan_.proven.push_back(proven);
    if (block.kind == LogBlockKind::kGroup) NoteRevisions(block);
    expected_sequence_ = block.sequence + 1;
    after_damage_ = false;
    return common::OkStatus();
  }

  static std::vector<RangeExtent> ExtentsOf(const GroupDirectory& group) {
    std::vector<RangeExtent> extents;
    for (const DirectorySection& entry : group.sections) {
      if (extents.empty() || extents.back().range != entry.section.range) extents.emplace_back(entry.section.range);
      extents.back().Add(entry.section);
      extents.back().cells_bytes += entry.cells_bytes;
    }
    return extents;
  }

  void AddDamage(const Stretch& stretch) {
    DamagedExtent extent{.begin = stretch.begin, .end = stretch.end};
    if (last_revision_) extent.first_possible = model::Revision(last_revision_->get() + 1);
    if (stretch.block && stretch.block->kind == LogBlockKind::kGroup) {
      extent.first_possible = stretch.block->min_revision;
      extent.last_possible = stretch.block->max_revision;
      last_revision_ = stretch.block->max_revision;
    } else {
      open_damage_.push_back(scan_.damage.size());
    }
    scan_.damage.push_back(extent);
    after_damage_ = true;
    if (stretch.block) expected_sequence_ = stretch.block->sequence + 1;
  }

  /// Revisions rise over the log, so a later group bounds what an earlier hole can have held.
  void NoteRevisions(const BlockHeader& block) {
    for (const size_t i : open_damage_) scan_.damage[i].last_possible = model::Revision(block.min_revision.get() - 1);
    open_damage_.clear();
    last_revision_ = block.max_revision;
  }

  const FragmentFile& file_;
  const uint64_t durable_;
  const bool is_tip_;
  std::optional<uint64_t> expected_sequence_;
  bool after_damage_ = false;
  std::optional<model::Revision> last_revision_;
  std::vector<size_t> open_damage_;
  FragmentScan scan_;
};

}  // namespace

Result<FragmentScan> ScanFragment(const FragmentFile& file, std::optional<uint64_t> known_end,
                                  std::optional<uint64_t> first_sequence) {
  const uint64_t limit = known_end ? std::min(*known_end, file.length_bytes()) : file.length_bytes();
  ASSIGN_OR_RETURN(const Outline outline, FindBlocks(file, limit));
  ASSIGN_OR_RETURN(FragmentScan scan,
                   ScanBuilder(file, outline.durable, !known_end.has_value(), first_sequence).Build(outline));
  if (known_end && *known_end > limit) {  // The file became shorter than what was durable of it.
    DamagedExtent cut{.begin = std::max(limit, scan.logical_end), .end = *known_end};
    if (!scan.index.blocks().empty())
      cut.first_possible = model::Revision(scan.index.blocks().back().max_revision.get() + 1);
    scan.damage.push_back(cut);
  }
  return scan;
}

}  // namespace cellar::storage
