#include "client/cpp/include/mutator.h"

#include <utility>

#include "client/cpp/mutator_face.h"
#include "common/concurrency/block_on.h"
#include "model/counter.h"
#include "model/error_codes.h"

namespace cellar::client {

MutatorFace::MutatorFace(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema,
                         Nanos timeout, const MutatorOptions& options, Status refusal)
    : core_(core),
      executor_(core.executor()),
      table_(table),
      schema_(std::move(schema)),
      heard_(schema_),
      timeout_(timeout),
      options_(options),
      refusal_(std::move(refusal)),
      limits_(model::CellLimits::For(table)),
      checker_(schema_, limits_),
      builder_(schema_->key_codec()),
      entries_(schema_),
      flow_(core, options.in_flight_bytes) {}

MutatorFace::~MutatorFace() {
  common::BlockOn(executor_, Close());  // whoever wanted to know what became of it has called Flush
}

Status MutatorFace::Set(const model::CellView& cell) {
  if (!error_.ok()) return error_;
  if (!refusal_.ok()) return refusal_;
  if (!checker_.IsPlainlyGood(cell)) RETURN_IF_ERROR(CheckThoroughly(cell));
  entries_.Add(cell);
  builder_.Add(cell);
  ++cell_count_;
  if (builder_.size_bytes() + entries_.size_bytes() < options_.frame_bytes) return common::OkStatus();
  return SendFrame();
}

Status MutatorFace::CheckThoroughly(const model::CellView& cell) {
  if (cell.key.flag != model::KeyFlag::kDeleteRow && !schema_->is_live(cell.key.family)) {
    RETURN_IF_ERROR(LookForNewerSchema());
  }
  return checker_.Check(cell);
}

Status MutatorFace::SendFrame() {
  TableFrame frame;
  frame.table = table_;
  frame.schema = schema_;
  frame.durability = options_.durability.value_or(schema_->durability());
  frame.bytes = builder_.Build();
  frame.entries = entries_.Build();
  error_ = common::BlockOn(executor_, Submit(std::move(frame)));
  AdoptHeard();
  return error_;
}

Task<Status> MutatorFace::Submit(TableFrame frame) {
  co_await flow_.Submit(std::move(frame), Deadline::After(executor_.clock(), timeout_));
  co_return HearOfFlow();
}

/// On the loop.
Status MutatorFace::HearOfFlow() {
  heard_ = core_.schemas().NewestOf(table_, heard_);
  acknowledged_cells_ = flow_.acknowledged_cells();
  unknown_cells_ = flow_.unknown_cells();
  return flow_.first_error();
}

Status MutatorFace::Flush() {
  if (!builder_.empty()) {
    Status sent = SendFrame();
    if (!sent.ok() && !sent.Is(StatusCode::kCancelled)) return sent;
  }
  error_ = common::BlockOn(executor_, Drain());
  AdoptHeard();
  return error_;
}

Task<void> MutatorFace::Close() {
  co_await flow_.Drain();
  flow_.GiveSessionBack();
}

Task<Status> MutatorFace::Drain() {
  co_await flow_.Drain();
  co_return HearOfFlow();
}

void MutatorFace::Cancel() {
  common::BlockOn(executor_, CancelOnLoop());
}

Task<void> MutatorFace::CancelOnLoop() {
  flow_.Cancel(Deadline::After(executor_.clock(), Mutator::kLastPatience));
  co_return;
}

MutatorCounts MutatorFace::counts() const {
  MutatorCounts counts;
  counts.set = cell_count_;
  counts.acknowledged = acknowledged_cells_;
  counts.unknown = unknown_cells_;
  return counts;
}

// ---- A table that was altered

/// New families may order their keys otherwise, so no frame has cells of two schemas: nothing is buffered here.
void MutatorFace::AdoptHeard() {
  if (heard_ == schema_) return;
  schema_ = heard_;
  checker_ = CellChecker(schema_, limits_);
  builder_ = model::FrameBuilder(schema_->key_codec());
  entries_ = EntryFrames(schema_);
}

Status MutatorFace::LookForNewerSchema() {
  RETURN_IF_ERROR(common::BlockOn(executor_, AskForSchema()));
  if (heard_ != schema_ && !builder_.empty()) return SendFrame();
  AdoptHeard();
  return common::OkStatus();
}

Task<Status> MutatorFace::AskForSchema() {
  const auto newest = co_await core_.schemas().Newest(table_, Deadline::After(executor_.clock(), timeout_));
  CO_RETURN_IF_ERROR(newest.status());
  heard_ = core_.schemas().NewestOf(table_, heard_);
  co_return common::OkStatus();
}

Result<model::FamilyId> MutatorFace::FamilyNamed(std::string_view name) {
  const model::ColumnFamily* found = schema_->FindFamily(name);
  if (found == nullptr) {
    RETURN_IF_ERROR(LookForNewerSchema());
    found = schema_->FindFamily(name);
  }
  if (found != nullptr) return found->id;
  return common::InvalidArgument("the table has no column family '" + std::string(name) + "'")
      .WithDetail(model::kBadKey);
}

std::vector<RefusedRow> MutatorFace::TakeError() {
  error_ = Status();
  std::vector<RefusedRow> rows;
  for (FailedRow& failed : common::BlockOn(executor_, TakeFailed())) {
    rows.push_back(RefusedRow{std::move(failed.row), std::move(failed.status)});
  }
  return rows;
}

Task<std::vector<FailedRow>> MutatorFace::TakeFailed() {
  co_return flow_.TakeFailed();
}

Mutator::Mutator(std::unique_ptr<MutatorFace> face) : face_(std::move(face)) {}
Mutator::~Mutator() = default;

Status Mutator::Set(const model::CellView& cell) {
  return face_->Set(cell);
}

Status Mutator::Set(std::string_view row, std::string_view family, std::string_view qualifier, std::string_view value,
                    std::optional<int64_t> timestamp) {
  ASSIGN_OR_RETURN(const model::FamilyId id, face_->FamilyNamed(family));
  model::CellView cell;
  cell.key.row = row;
  cell.key.family = id;
  cell.key.qualifier = qualifier;
  cell.key.timestamp = timestamp.value_or(model::kAutomaticTimestamp);
  cell.value = value;
  if (!face_->schema().rules(id).counter) return face_->Set(cell);
  ASSIGN_OR_RETURN(const model::CounterUpdate update, model::CounterUpdate::ParseText(value));
  const std::string encoded = update.Encode();
  cell.value = encoded;
  return face_->Set(cell);
}

Status Mutator::Flush() {
  return face_->Flush();
}

std::vector<RefusedRow> Mutator::TakeError() {
  return face_->TakeError();
}

void Mutator::Cancel() {
  face_->Cancel();
}

MutatorCounts Mutator::counts() const {
  return face_->counts();
}

const Status& Mutator::error() const {
  return face_->error();
}

uint64_t Mutator::cell_count() const {
  return face_->cell_count();
}

}  // namespace cellar::client
