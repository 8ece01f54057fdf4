#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/commitlog/log_reader.h"

namespace cellar::storage {

/// One pass over a log for some selections: takes each section at most once a selection, reads only what is needed.
/// Lives as long as one LogReader::Replay.
class SectionReplay {
 public:
  SectionReplay(std::span<const ReplaySelection> selections, const SectionVisitor& visit);

  /// Every selection that may lack something by it fails.
  void NoteDamage(const LogDamage& damage);

  /// Fragments in order of the chain.
  void ReplayFragment(const LogFragment& fragment);

  std::vector<Status> TakeStatuses() && { return std::move(statuses_); }

 private:
  using Selected = std::vector<size_t>;  ///< Indexes of selections.

  std::map<uint32_t, Selected> BlocksNeeded(const FragmentIndex& index) const;
  Status ReplayBlock(const LogFragment& fragment, uint32_t ordinal, const Selected& selected);
  Status ReplaySection(const FragmentFile& file, const BlockHeader& block, const GroupDirectory& group,
                       const DirectorySection& entry, bool proven, const Selected& selected);
  bool IsNew(size_t selection, const Section& section);
  void Fail(size_t selection, const Status& status);

  const std::span<const ReplaySelection> selections_;
  const SectionVisitor& visit_;
  std::vector<Status> statuses_;
  std::vector<bool> visitor_failed_;

  /// Last base revision visited, by selection and logged range: a group that was appended twice counts once.
  std::map<std::pair<size_t, std::string>, model::Revision> last_base_;

  size_t expanded_chunk_ = SIZE_MAX;  ///< Of the current block, in raw_.
  std::string stored_;
  std::string raw_;
};

}  // namespace cellar::storage
