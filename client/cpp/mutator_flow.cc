#include "client/cpp/mutator_flow.h"

#include <algorithm>
#include <utility>

namespace cellar::client {

MutatorFlow::MutatorFlow(ClientCore& core, size_t in_flight_bytes)
    : core_(core),
      in_flight_bytes_(in_flight_bytes),
      room_(in_flight_bytes, "mutator bytes"),
      tasks_(core.executor()),
      ending_(core.executor()) {}

Task<void> MutatorFlow::Submit(TableFrame frame, Deadline deadline) {
  size_t bytes = frame.bytes.size();
  for (const TableFrame& entries : frame.entries) bytes += entries.bytes.size();
  bytes = std::min(bytes, in_flight_bytes_);
  Semaphore::Permit permit = co_await room_.Acquire(bytes);
  while (trouble_ && !cancelled_) co_await changed_.Wait();
  if (cancelled_) {
    if (error_.ok()) error_ = common::Cancelled("the writing was ended");
    co_return;
  }
  if (!numbers_) {
    table_ = frame.table;
    numbers_ = core_.SessionFor(table_);
  }
  flights_.push_back(
      std::make_unique<Flight>(core_.UpdatesOf(*numbers_), std::move(frame), deadline, std::move(permit)));
  ++trying_;
  const auto flight = std::prev(flights_.end());
  if ((*flight)->waits_for_entries) tasks_.Spawn(WriteEntriesOf(flight), "index entries of a mutator");
  tasks_.Spawn(TakeOff(flight), "frame of a mutator");
}

Task<void> MutatorFlow::WriteEntriesOf(Flights::iterator flight) {
  co_await (*flight)->update.WriteEntries();
  (*flight)->waits_for_entries = false;
  changed_.WakeAll();
}

Task<void> MutatorFlow::TakeOff(Flights::iterator flight) {
  const AsyncMutex::Permit turn = co_await take_off_.Acquire();
  while ((*flight)->waits_for_entries) co_await changed_.Wait();
  if (!trouble_) {
    const bool located = co_await (*flight)->update.Locate();
    if (!located) HoldBack();
  }
  tasks_.Spawn(Fly(flight), "frame of a mutator");  // runs until the frame is in its connection's queue
}

Task<void> MutatorFlow::Fly(Flights::iterator flight) {
  const bool settled = co_await (*flight)->update.SendLocated();
  --trying_;
  if (settled) {
    Land(flight);
  } else {
    HoldBack();
  }
  changed_.WakeAll();
}

void MutatorFlow::HoldBack() {
  if (trouble_) return;
  trouble_ = true;
  clean_ = false;
  tasks_.Spawn(FinishInOrder(), "unsettled frames of a mutator");
}

Task<void> MutatorFlow::FinishInOrder() {
  while (trying_ > 0) co_await changed_.Wait();
  while (!flights_.empty()) {
    co_await flights_.front()->update.Finish();
    Land(flights_.begin());
  }
  trouble_ = false;
  changed_.WakeAll();
}

void MutatorFlow::Land(Flights::iterator flight) {
  acknowledged_cells_ += (*flight)->update.acknowledged_cells();
  UpdateReport report = (*flight)->update.TakeReport();
  flights_.erase(flight);
  if (report.status.ok()) return;
  clean_ = false;
  if (error_.ok()) error_ = report.status;
  const size_t room = kMaxFailedRows - failed_.size();
  const size_t count = std::min(room, report.failed.size());
  std::move(report.failed.begin(), report.failed.begin() + static_cast<ptrdiff_t>(count), std::back_inserter(failed_));
}

Task<void> MutatorFlow::Drain() {
  co_await tasks_.Join();
  co_await ending_.Join();
}

// ---- Cancelled

namespace {

Task<void> Nothing() {
  co_return;
}

}  // namespace

void MutatorFlow::Cancel(Deadline patience) {
  if (cancelled_) return;
  cancelled_ = true;
  clean_ = false;
  changed_.WakeAll();
  ending_.Spawn(End(patience), "end of a mutator");
}

Task<void> MutatorFlow::End(Deadline patience) {
  bool in_time = true;
  while (in_time && !flights_.empty()) in_time = co_await changed_.WaitUntil(patience);
  if (!flights_.empty()) GiveUp();
}

void MutatorFlow::GiveUp() {
  tasks_.DestroyAll();
  for (const std::unique_ptr<Flight>& flight : flights_) {
    if (!flight->update.was_sent()) continue;
    const uint64_t acknowledged = flight->update.acknowledged_cells();
    acknowledged_cells_ += acknowledged;
    unknown_cells_ += flight->cell_count - std::min(acknowledged, flight->cell_count);
  }
  flights_.clear();
  error_ = common::Cancelled("the writing was ended before all was acknowledged");
  tasks_.Spawn(Nothing(), "end of a mutator");  // whoever waits for the tasks hears of it by the last one's end
}

void MutatorFlow::GiveSessionBack() {
  if (!numbers_ || !clean_ || !flights_.empty()) return;
  core_.sessions().GiveBack(table_, *numbers_);
  numbers_.reset();
}

std::vector<FailedRow> MutatorFlow::TakeFailed() {
  error_ = Status();
  return std::exchange(failed_, {});
}

}  // namespace cellar::client
