#include "client/cpp/frame_update.h"

#include <algorithm>
#include <map>
#include <utility>

#include "client/cpp/backoff.h"
#include "client/cpp/index_writes.h"
#include "client/cpp/nested_tasks.h"
#include "client/cpp/table_schemas.h"
#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/concurrency/sleep.h"
#include "protocol/part_status.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

using model::FrameView;
using model::RowExtent;

std::string RowOf(const RowExtent& extent) {
  std::string row;
  model::AppendUnescaped(extent.escaped_row, &row);
  return row;
}

/// Some cells of a frame as a frame of their own.
std::string FrameOf(const FrameView& view, uint32_t cell_count, std::string_view cells) {
  std::string frame;
  frame.push_back(static_cast<char>(model::kFrameVersion));
  frame.push_back(static_cast<char>(view.sorted ? model::kFrameSorted : 0));
  common::PutVarint32(&frame, cell_count);
  common::PutVarint32(&frame, view.ordinal_span);
  frame.append(cells);
  return frame;
}

/// Of the rows [first, first + count).
uint32_t CellCountOf(const FrameView& view, size_t first, size_t count) {
  uint32_t cell_count = 0;
  for (size_t i = first; i < first + count; ++i) cell_count += view.rows[i].cell_count;
  return cell_count;
}

/// The rows [first, first + count) of a frame as a frame of their own.
std::string SliceFrame(const FrameView& view, size_t first, size_t count) {
  const uint32_t begin = view.rows[first].offset;
  const RowExtent& last = view.rows[first + count - 1];
  return FrameOf(view, CellCountOf(view, first, count), view.cells.substr(begin, last.offset + last.size - begin));
}

Status IsGone(const model::Schema& schema, const model::EncodedKeyParts& key) {
  std::string qualifier;
  model::AppendUnescaped(key.qualifier, &qualifier);
  return FamilyIsGone(schema, key.family, qualifier);
}

}  // namespace

Nanos UpdateSeams::ExpiryOf(Deadline deadline, std::optional<Nanos> latest) const {
  constexpr Nanos kLongest = 600 * kSecond;
  const Clock& clock = executor.clock();
  const Nanos expiry = clock.WallNow() + std::min(deadline.Remaining(clock), kLongest);
  return latest ? std::min(expiry, *latest) : expiry;
}

FrameUpdate::FrameUpdate(UpdateSeams seams, TableFrame frame, Deadline deadline)
    : seams_(seams),
      frame_(std::move(frame)),
      deadline_(deadline),
      backoff_(seams.random),
      last_error_(common::TimedOut("deadline passed")) {
  ParseRows();
  if (seams_.schemas == nullptr) return;
  auto newest = seams_.schemas->NewestOf(frame_.table, frame_.schema);
  if (newest != frame_.schema) Adopt(std::move(newest));
}

Task<void> FrameUpdate::WriteEntries() {
  std::vector<TableFrame> entries = std::exchange(frame_.entries, {});
  if (entries.empty() || pending_.empty()) co_return;
  CHECK(seams_.core != nullptr);
  const auto written = co_await client::WriteEntries(*seams_.core, std::move(entries), deadline_);
  if (written.ok()) {
    takes_until_ = *written;
    co_return;
  }
  last_error_ = written.status();
  is_stale_ = last_error_.Is(StatusCode::kStaleSchema) && seams_.schemas != nullptr;
  if (!is_stale_) FailAll();
}

Task<bool> FrameUpdate::Locate() {
  if (!is_stale_) co_await Route();
  co_return pending_.empty();
}

Task<bool> FrameUpdate::FirstTry() {
  if (has_entries()) co_await WriteEntries();
  if (is_stale_) co_return false;
  co_await Route();
  co_return co_await SendLocated();
}

Task<bool> FrameUpdate::SendLocated() {
  co_await SendAndSettle(false);
  co_return pending_.empty();
}

Task<void> FrameUpdate::Finish() {
  bool waits = !is_stale_;  // a newer schema is there already
  while (!pending_.empty()) {
    if (waits) {
      const bool waited = co_await backoff_.Wait(seams_.executor, deadline_);
      if (!waited) co_return FailAll();
    }
    waits = true;
    if (is_stale_) co_await LearnSchema();
    if (!is_stale_ && has_entries()) co_await WriteEntries();
    if (!is_stale_) co_await TryAll(true);
  }
}

Task<void> FrameUpdate::TryAll(bool resumes) {
  co_await Route();
  co_await SendAndSettle(resumes);
}

Task<void> FrameUpdate::SendAndSettle(bool resumes) {
  if (shipments_.size() == 1) {
    co_await SendOne(shipments_.begin()->first, &shipments_.begin()->second, resumes);
  } else {
    NestedTasks group(seams_.executor);
    for (auto& [address, shipment] : shipments_)
      group.Spawn(SendOne(address, &shipment, resumes), "update of one server");
    co_await group.Join();
  }
  for (auto& [address, shipment] : std::exchange(shipments_, {})) Settle(shipment);
}

void FrameUpdate::ParseRows() {
  auto view = model::ViewFrame(frame_.bytes);
  if (view.ok()) {
    view_ = std::move(view).value();
    pending_.push_back(Part(0, view_.rows.size()));
  } else {
    report_.status = std::move(view).status();
  }
}

/// Puts every pending row into the shipment of its server. Rows that cannot be located stay pending, or fail.
Task<void> FrameUpdate::Route() {
  std::vector<Part> unlocated;
  for (const Part& part : std::exchange(pending_, {})) {
    size_t row = part.first_row;
    const size_t end = part.first_row + part.row_count;
    while (row < end) {
      const Deadline of_try = TryDeadline(seams_.executor.clock(), deadline_);
      auto location = co_await seams_.locator.Locate(frame_.table, RowOf(view_.rows[row]), of_try);
      if (!location.ok()) {
        KeepOrFail(part.Slice(row, end - row), FailureOfLookup(location.status()), &unlocated);
        break;
      }
      const size_t next = FirstRowBehind(location->range, row, end);
      shipments_[location->address].parts.push_back(part.Slice(row, next - row));
      row = next;
    }
  }
  pending_ = std::move(unlocated);
}

size_t FrameUpdate::FirstRowBehind(const model::RangeKey& range, size_t row, size_t end) const {
  if (!range.end_row) return end;
  // Escaped rows compare as the rows do.
  std::string escaped_end;
  model::AppendEscaped(*range.end_row, &escaped_end);
  const auto begin = view_.rows.begin();
  const auto behind =
      std::partition_point(begin + static_cast<ptrdiff_t>(row) + 1, begin + static_cast<ptrdiff_t>(end),
                           [&escaped_end](const RowExtent& extent) { return extent.escaped_row <= escaped_end; });
  return static_cast<size_t>(behind - begin);
}

Task<void> FrameUpdate::SendOne(std::string address, Shipment* shipment, bool resumes) {
  protocol::UpdateRequest request;
  std::string attachment;
  for (Part& part : shipment->parts) {
    if (!part.maybe_applied) part.sequence = seams_.numbers.Next();
    request.frames.push_back(Describe(part, resumes, &attachment));
  }
  was_sent_ = true;
  const Deadline of_try = TryDeadline(seams_.executor.clock(), deadline_);
  shipment->response =
      co_await seams_.stub.Update(std::move(address), std::move(request), std::move(attachment), of_try);
}

protocol::UpdateFrame FrameUpdate::Describe(const Part& part, bool resumes, std::string* attachment) const {
  protocol::UpdateFrame frame;
  frame.table = protocol::ToMessage(frame_.table);
  frame.schema_generation = frame_.schema->generation().get();
  frame.attachment_offset = static_cast<int32_t>(attachment->size());
  if (part.row_count == view_.rows.size()) {
    attachment->append(frame_.bytes);
  } else {
    attachment->append(SliceFrame(view_, part.first_row, part.row_count));
  }
  frame.attachment_length = static_cast<int32_t>(attachment->size()) - frame.attachment_offset;
  frame.session = seams_.numbers.session().get();
  frame.sequence = part.sequence.get();
  frame.expires_at = seams_.ExpiryOf(deadline_, takes_until_);
  frame.resumes = resumes;
  frame.durability = static_cast<protocol::Durability::type>(frame_.durability);
  return frame;
}

void FrameUpdate::Settle(Shipment& shipment) {
  acknowledged_cells_ += AcknowledgedOf(shipment);
  if (!shipment.response.ok()) {
    const Status& failure = shipment.response.status();
    const bool was_sent = !failure.Is(StatusCode::kUnavailable) && !failure.Is(StatusCode::kBusy);
    for (Part& part : shipment.parts) {
      part.maybe_applied |= was_sent;
      seams_.locator.Forget(frame_.table, RowOf(view_.rows[part.first_row]));
      KeepOrFail(std::move(part), failure, &pending_);
    }
    return;
  }
  const auto& outcomes = shipment.response->outcomes;
  for (size_t i = 0; i < shipment.parts.size(); ++i) {
    if (i >= outcomes.size()) {
      Fail(shipment.parts[i], common::Corruption("the answer to an update has too few outcomes"));
      continue;
    }
    if (outcomes[i].__isset.base_revision) NoteBase(model::Revision(outcomes[i].base_revision));
    for (const protocol::RefusedRows& refused : outcomes[i].refused) SettleRefused(shipment.parts[i], refused);
  }
}

uint64_t FrameUpdate::CellsOf(const Part& part) const {
  return CellCountOf(view_, part.first_row, part.row_count);
}

uint64_t FrameUpdate::acknowledged_cells() const {
  uint64_t cells = acknowledged_cells_;
  for (const auto& [address, shipment] : shipments_) cells += AcknowledgedOf(shipment);
  return cells;
}

uint64_t FrameUpdate::AcknowledgedOf(const Shipment& shipment) const {
  if (!shipment.response.ok()) return 0;
  const auto& outcomes = shipment.response->outcomes;
  uint64_t cells = 0;
  for (size_t i = 0; i < std::min(outcomes.size(), shipment.parts.size()); ++i) {
    const Part& part = shipment.parts[i];
    uint64_t of_part = CellsOf(part);
    for (const protocol::RefusedRows& refused : outcomes[i].refused) {
      const auto rows = RowsOf(part, refused);
      of_part = rows ? of_part - std::min(of_part, CellsOf(*rows)) : 0;
    }
    cells += of_part;
  }
  return cells;
}

/// nullopt: it says what cannot be.
std::optional<FrameUpdate::Part> FrameUpdate::RowsOf(const Part& part, const protocol::RefusedRows& refused) {
  const auto first = static_cast<size_t>(refused.first_row);
  const auto count = refused.row_count < 0 ? part.row_count : static_cast<size_t>(refused.row_count);
  if (refused.status.code == 0 || first >= part.row_count || count > part.row_count - first) return std::nullopt;
  return part.Slice(part.first_row + first, count);
}

void FrameUpdate::SettleRefused(const Part& part, const protocol::RefusedRows& refused) {
  const Status status = protocol::FromPartStatus(refused.status);
  std::optional<Part> refused_rows = RowsOf(part, refused);
  if (!refused_rows) {
    Fail(part, common::Corruption("the answer to an update names rows that were not sent"));
    return;
  }
  // A refusal says nothing about an earlier try that was not answered.
  Part rows = *std::move(refused_rows);
  rows.maybe_applied |= status.Is(StatusCode::kTimedOut);
  if (status.Is(StatusCode::kNotOwner)) seams_.locator.Forget(frame_.table, RowOf(view_.rows[rows.first_row]));
  KeepOrFail(std::move(rows), status, &pending_);
}

void FrameUpdate::KeepOrFail(Part part, const Status& status, std::vector<Part>* kept) {
  const bool unresolved = IsStateOfFiles(status) && part.maybe_applied;
  const bool is_old = status.Is(StatusCode::kStaleSchema) && seams_.schemas != nullptr;
  if (is_old) is_stale_ = true;
  if (!IsWorthAnotherTry(status) && !unresolved && !is_old) {
    Fail(part, status);
    return;
  }
  last_error_ = status;
  kept->push_back(std::move(part));
}

void FrameUpdate::NoteBase(model::Revision base) {
  if (!oldest_base_ || base < *oldest_base_) oldest_base_ = base;
}

void FrameUpdate::FailAll() {
  for (const Part& part : std::exchange(pending_, {})) Fail(part, last_error_);
}

void FrameUpdate::Fail(const Part& part, const Status& cause) {
  for (size_t i = 0; i < part.row_count; ++i) {
    Report(RowOf(view_.rows[part.first_row + i]), part.maybe_applied, cause);
  }
}

void FrameUpdate::Report(std::string row, bool maybe_applied, const Status& cause) {
  const bool is_known = !maybe_applied || cause.Is(StatusCode::kTimedOut);
  const Status status = is_known ? cause : OutcomeUnknown(cause);
  if (report_.status.ok()) report_.status = status;
  ++report_.failed_count;
  if (report_.failed.size() < kMaxFailedRows) report_.failed.push_back(FailedRow{std::move(row), status});
}

// ---- A table that was altered

Task<void> FrameUpdate::LearnSchema() {
  const Deadline of_try = TryDeadline(seams_.executor.clock(), deadline_);
  auto newer = co_await seams_.schemas->NewerThan(frame_.table, frame_.schema->generation(), of_try);
  if (newer.ok()) {
    is_stale_ = false;
    Adopt(std::move(newer).value());
    co_return;
  }
  const Status failure = FailureOfLookup(newer.status());
  for (Part& part : std::exchange(pending_, {})) KeepOrFail(std::move(part), failure, &pending_);
}

void FrameUpdate::Adopt(std::shared_ptr<const model::Schema> schema) {
  if (HasDroppedFamily(*schema)) LeaveOutDroppedFamilies(*schema);
  frame_.schema = std::move(schema);
  RemakeEntries();
}

/// Those of all that is pending, also of rows that may have been applied: with entries by another schema.
void FrameUpdate::RemakeEntries() {
  EntryFrames entries(frame_.schema);
  for (const Part& part : pending_) {
    for (size_t i = part.first_row; i < part.first_row + part.row_count; ++i) entries.AddRow(view_, view_.rows[i]);
  }
  frame_.entries = entries.Build();
  takes_until_.reset();
}

bool FrameUpdate::HasDroppedFamily(const model::Schema& schema) const {
  for (int id = model::kMinFamilyId; id <= model::kMaxFamilyId; ++id) {
    const model::FamilyId family(static_cast<uint8_t>(id));
    if (view_.families[family.get()] && !schema.is_live(family)) return true;
  }
  return false;
}

/// Makes the frame what is pending of it, without the cells that cannot be written any more. They keep their ordinals,
/// and their rows the numbers under which they may have been applied: whatever try wrote a row, the cells that are left
/// are the same.
void FrameUpdate::LeaveOutDroppedFamilies(const model::Schema& schema) {
  std::sort(pending_.begin(), pending_.end(), [](const Part& a, const Part& b) { return a.first_row < b.first_row; });
  std::vector<Part> parts;
  std::string cells;
  uint32_t cell_count = 0;
  size_t row_count = 0;
  for (const Part& part : pending_) {
    Part left = part.Slice(row_count, 0);
    for (size_t i = part.first_row; i < part.first_row + part.row_count; ++i) {
      const RowExtent& row = view_.rows[i];
      const size_t size_before = cells.size();
      model::CellReader reader(view_.cells_of(row));
      model::EncodedCell cell;
      while (reader.Next(&cell)) {
        const model::EncodedKeyParts key = model::SplitKeyPrefix(cell.key_prefix);
        if (key.family == model::FamilyId() || schema.is_live(key.family)) {
          cells.append(cell.bytes);
          ++cell_count;
        } else {
          Report(RowOf(row), part.maybe_applied, IsGone(schema, key));
        }
      }
      if (cells.size() > size_before) ++left.row_count;
    }
    row_count += left.row_count;
    if (left.row_count > 0) parts.push_back(std::move(left));
  }
  pending_ = std::move(parts);
  frame_.bytes = FrameOf(view_, cell_count, cells);
  view_ = FrameView();
  if (pending_.empty()) return;
  view_ = model::ParseFrame(frame_.bytes, model::CellLimits::For(frame_.table), schema.key_codec()).value();
}

}  // namespace cellar::client
