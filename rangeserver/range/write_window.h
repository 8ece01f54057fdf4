#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/manifest.h"

namespace cellar::storage {
struct Section;
}

namespace cellar::rangeserver {

/// Which batches one range has applied, so that a retry applies once (protocols.md B8). Owned by its Range, guarded by
/// the Range's mutex.
///
/// Consecutive sequence numbers of a session that were applied to the same rows are one entry. Entries live until the
/// time after which the server refuses the batch anyway: a client cannot end them sooner, as a copy of a request that
/// it has long forgotten may still be on its way.
///
/// But it can end the requests: a section that settles (kSectionSettles) says that its sender waits for no earlier one
/// of its session. One entry then stands for them all, applied here or not: a copy that comes late finds it and does
/// nothing. So a session that settles takes one entry, however much it writes. A result is that of the entry's last
/// number.
class WriteWindow {
 public:
  static constexpr size_t kMaxSessions = 4096;
  static constexpr size_t kMaxEntries = 1 << 16;
  static constexpr size_t kMaxBytes = 8 << 20;  ///< Of entries: every manifest holds them all.
  static_assert(kMaxBytes <= model::kMaxManifestBytes / 2);

  WriteWindow() = default;
  explicit WriteWindow(const std::vector<model::WindowEntry>& entries);

  /// The entry under which the batch was applied to a range that held `row`; nullptr: it was not.
  const model::WindowEntry* Find(model::SessionId session, model::SequenceNumber sequence, std::string_view row) const;

  /// Some of the batch was applied here, in whichever rows: only then is it worth to ask row by row.
  bool Knows(model::SessionId session, model::SequenceNumber sequence) const;

  /// kBusy when a further batch of `session` could not be remembered. Forgets what has expired by `now` to make room.
  Status CheckRoom(model::SessionId session, Nanos now);

  /// Remembers an applied section. Never refuses: replay must not.
  void Record(const storage::Section& section);

  void Expire(Nanos now);

  /// All entries that have not expired, by session and sequence.
  std::vector<model::WindowEntry> Entries(Nanos now) const;
  size_t entry_count() const { return entry_count_; }

 private:
  using BySequence = std::multimap<model::SequenceNumber, model::WindowEntry>;  ///< By `first`.

  void Insert(model::WindowEntry entry);
  void Settle(model::WindowEntry* entry);
  bool HasRoom(model::SessionId session) const;

  std::map<model::SessionId, BySequence> sessions_;
  size_t entry_count_ = 0;
  size_t bytes_ = 0;          ///< Of all entries, about.
  bool may_overlap_ = false;  ///< Runs with different rows (after a merge of ranges) may hold the same sequence.
};

}  // namespace cellar::rangeserver
