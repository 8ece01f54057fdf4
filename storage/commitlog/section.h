#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/fencing.h"
#include "common/bytes/coding.h"
#include "common/time/clock.h"
#include "model/ids.h"

namespace cellar::storage {

/// A range as its server saw it when it logged a section: (start_row, end_row] of a table, and the epoch under which
/// it was owned. An absent bound is unbounded.
struct LoggedRange {
  model::TableId table;
  std::optional<std::string> start_row;
  std::optional<std::string> end_row;
  Epoch epoch;

  /// Some row can be in both. Compares bounds only, not tables.
  bool OverlapsRows(const std::optional<std::string>& other_start, const std::optional<std::string>& other_end) const;

  /// `1/7 ("a", +inf) epoch 1.3`, with bytes that do not print escaped.
  std::string ToString() const;

  friend bool operator==(const LoggedRange&, const LoggedRange&) = default;
};

/// Order of ranges in a block: table, end row (unbounded last), start row (unbounded first), epoch.
std::strong_ordering Compare(const LoggedRange& a, const LoggedRange& b);

struct LoggedRangeLess {
  bool operator()(const LoggedRange& a, const LoggedRange& b) const { return Compare(a, b) < 0; }
};

// Encoding shared by block directories and indexes: table, bounds, epoch.
void PutLoggedRange(std::string* out, const LoggedRange& range);
bool GetLoggedRange(common::Reader* in, LoggedRange* range);

inline constexpr uint32_t kSectionConditional = 1;  ///< Result of a conditional mutation.
inline constexpr uint32_t kSectionFlushClass = 2;   ///< Answered before the sync (durability `flush`).
inline constexpr uint32_t kSectionSettles = 4;      ///< The sender waits for no earlier batch of the session.

/// The accepted part of one client batch in one range: the unit of replay. Borrows everything it points to: from the
/// caller when appended, from the reader's buffers for the length of a visit when replayed.
struct Section {
  const LoggedRange* range = nullptr;
  model::Revision base;         ///< Revision of a cell = base + its ordinal.
  uint32_t revision_count = 0;  ///< Revisions used up: [base, base + revision_count). At least 1.
  model::SessionId session;     ///< With `sequence`: applies once.
  model::SequenceNumber sequence;
  Nanos expires_at = 0;  ///< Wall time after which the batch is refused.
  uint32_t flags = 0;
  std::string_view result;  ///< Small answer kept for retries of conditional mutations.
  std::string_view cells;   ///< model/cell_codec.h; empty only beside a result: that of a mutation that was refused.

  model::Revision last_revision() const {
    return model::Revision{base.get() + (static_cast<int64_t>(revision_count) - 1)};
  }
};

}  // namespace cellar::storage
