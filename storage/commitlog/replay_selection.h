#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/fencing.h"
#include "model/ids.h"
#include "storage/commitlog/section.h"

namespace cellar::storage {

/// Ownership epochs first … last, both taken in.
struct EpochSpan {
  Epoch first;
  Epoch last;
};

/// Which sections of a log one range needs: those whose table and rows match, that were written under an epoch of the
/// range's ownership history in that incarnation, and of which some revision is above the flushed one.
struct ReplaySelection {
  model::TableId table;
  std::optional<std::string> start_row;  ///< Exclusive; absent: unbounded.
  std::optional<std::string> end_row;    ///< Inclusive; absent: unbounded.
  std::vector<EpochSpan> epochs;         ///< Empty: any epoch.
  model::Revision flushed{INT64_MIN};    ///< Of the group of the range that is flushed least far.

  bool TakesEpoch(Epoch epoch) const {
    if (epochs.empty()) return true;
    for (const EpochSpan& span : epochs) {
      if (span.first <= epoch && epoch <= span.last) return true;
    }
    return false;
  }
  bool Takes(const LoggedRange& range, model::Revision max_revision) const {
    return range.table == table && max_revision > flushed && TakesEpoch(range.epoch) &&
           range.OverlapsRows(start_row, end_row);
  }
};

/// A section read back. Borrows the reader's buffers: valid during the visit only.
struct ReplayedSection {
  Section section;
  uint64_t fragment_number = 0;
  uint64_t block_offset = 0;

  /// The log itself shows that the section was durable. False only at the tail: what stands there is complete, but
  /// may lie in the page cache alone, so it must be made durable again before anybody sees it.
  bool proven_durable = true;
};

}  // namespace cellar::storage
