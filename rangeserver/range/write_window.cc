#include "rangeserver/range/write_window.h"

#include <algorithm>
#include <utility>

#include "storage/commitlog/section.h"

namespace cellar::rangeserver {

using model::SequenceNumber;
using model::SessionId;
using model::WindowEntry;

namespace {

bool HoldsRow(const WindowEntry& entry, std::string_view row) {
  return (!entry.start_row || row > *entry.start_row) && (!entry.end_row || row <= *entry.end_row);
}

bool CanJoin(const WindowEntry& run, const WindowEntry& entry) {
  return run.result.empty() && entry.result.empty() && run.start_row == entry.start_row &&
         run.end_row == entry.end_row && run.last.get() + 1 == entry.first.get();
}

/// Nothing of `entry` is news beside `run`.
bool Covers(const WindowEntry& run, const WindowEntry& entry) {
  return run.first <= entry.first && entry.last <= run.last && run.start_row == entry.start_row &&
         run.end_row == entry.end_row;
}

/// About what it takes in a manifest.
size_t BytesOf(const WindowEntry& entry) {
  constexpr size_t kNumbers = 40;
  return kNumbers + (entry.start_row ? entry.start_row->size() : 0) + (entry.end_row ? entry.end_row->size() : 0) +
         entry.result.size();
}

}  // namespace

WriteWindow::WriteWindow(const std::vector<WindowEntry>& entries) {
  for (const WindowEntry& entry : entries) Insert(entry);
}

const WindowEntry* WriteWindow::Find(SessionId session, SequenceNumber sequence, std::string_view row) const {
  const auto entries = sessions_.find(session);
  if (entries == sessions_.end()) return nullptr;
  for (auto next = entries->second.upper_bound(sequence); next != entries->second.begin();) {
    --next;
    if (next->second.last >= sequence && HoldsRow(next->second, row)) return &next->second;
    if (!may_overlap_) break;
  }
  return nullptr;
}

bool WriteWindow::Knows(SessionId session, SequenceNumber sequence) const {
  const auto entries = sessions_.find(session);
  if (entries == sessions_.end()) return false;
  for (auto next = entries->second.upper_bound(sequence); next != entries->second.begin();) {
    --next;
    if (next->second.last >= sequence) return true;
    if (!may_overlap_) break;
  }
  return false;
}

Status WriteWindow::CheckRoom(SessionId session, Nanos now) {
  if (HasRoom(session)) return common::Status();
  Expire(now);
  if (HasRoom(session)) return common::Status();
  return common::Busy("exactly-once window of the range is full: " + std::to_string(entry_count_) + " entries, " +
                      std::to_string(bytes_) + " bytes, " + std::to_string(sessions_.size()) + " sessions");
}

bool WriteWindow::HasRoom(SessionId session) const {
  if (entry_count_ >= kMaxEntries || bytes_ >= kMaxBytes) return false;
  return sessions_.size() < kMaxSessions || sessions_.contains(session);
}

void WriteWindow::Record(const storage::Section& section) {
  WindowEntry entry;
  entry.session = section.session;
  entry.first = section.sequence;
  entry.last = section.sequence;
  if (section.range != nullptr) {
    entry.start_row = section.range->start_row;
    entry.end_row = section.range->end_row;
  }
  entry.expires_at = section.expires_at;
  entry.base = section.base;
  entry.result = std::string(section.result);
  if ((section.flags & storage::kSectionSettles) != 0) Settle(&entry);
  Insert(std::move(entry));
}

/// Lets `entry` stand for all earlier sequence numbers of its session.
void WriteWindow::Settle(WindowEntry* entry) {
  const auto entries = sessions_.find(entry->session);
  entry->first = SequenceNumber{std::min<int64_t>(1, entry->last.get())};
  if (entries == sessions_.end()) return;
  entry_count_ -= std::erase_if(entries->second, [entry, this](const auto& earlier) {
    if (earlier.second.last >= entry->last) return false;
    entry->expires_at = std::max(entry->expires_at, earlier.second.expires_at);
    bytes_ -= BytesOf(earlier.second);
    return true;
  });
  may_overlap_ = may_overlap_ || !entries->second.empty();  // Replayed behind later ones.
}

void WriteWindow::Insert(WindowEntry entry) {
  BySequence& entries = sessions_[entry.session];
  auto next = entries.upper_bound(entry.first);
  for (auto before = next; before != entries.begin();) {
    --before;
    if (Covers(before->second, entry)) return;  // Replayed twice.
    if (CanJoin(before->second, entry)) {
      before->second.last = entry.last;
      before->second.base = entry.base;
      before->second.expires_at = std::max(before->second.expires_at, entry.expires_at);
      return;
    }
    may_overlap_ =
        may_overlap_ || before->second.start_row != entry.start_row || before->second.end_row != entry.end_row;
    if (!may_overlap_) break;
  }
  const SequenceNumber first = entry.first;
  bytes_ += BytesOf(entry);
  entries.emplace_hint(next, first, std::move(entry));
  ++entry_count_;
}

void WriteWindow::Expire(Nanos now) {
  for (auto session = sessions_.begin(); session != sessions_.end();) {
    entry_count_ -= std::erase_if(session->second, [now, this](const auto& entry) {
      if (entry.second.expires_at >= now) return false;
      bytes_ -= BytesOf(entry.second);
      return true;
    });
    session = session->second.empty() ? sessions_.erase(session) : std::next(session);
  }
}

std::vector<WindowEntry> WriteWindow::Entries(Nanos now) const {
  std::vector<WindowEntry> all;
  for (const auto& [session, entries] : sessions_)
    for (const auto& [first, entry] : entries)
      if (entry.expires_at >= now) all.push_back(entry);
  return all;
}

}  // namespace cellar::rangeserver
