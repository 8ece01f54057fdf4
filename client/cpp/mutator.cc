#include "client/cpp/include/mutator.h"

#include <utility>

#include "client/cpp/check_cell.h"
#include "client/cpp/mutator_face.h"
#include "common/concurrency/block_on.h"
#include "model/counter.h"
#include "model/error_codes.h"

namespace cellar::client {

MutatorFace::MutatorFace(ClientCore& core, model::TableId table, std::shared_ptr<const model::Schema> schema,
                         Nanos timeout, const MutatorOptions& options)
    : executor_(core.executor()),
      table_(table),
      schema_(std::move(schema)),
      timeout_(timeout),
      options_(options),
      limits_(model::CellLimits::For(table)),
      builder_(schema_->key_codec()),
      flow_(core, options.in_flight_bytes) {}

MutatorFace::~MutatorFace() {
  const Status drained = common::BlockOn(executor_, Drain());
  (void)drained;  // whoever wanted to know has called Flush
}

Status MutatorFace::Set(const model::CellView& cell) {
  RETURN_IF_ERROR(error_);
  RETURN_IF_ERROR(CheckCell(cell, *schema_, limits_));
  builder_.Add(cell);
  ++cell_count_;
  if (builder_.size_bytes() < options_.frame_bytes) return common::OkStatus();
  return SendFrame();
}

Status MutatorFace::SendFrame() {
  TableFrame frame;
  frame.table = table_;
  frame.schema = schema_;
  frame.durability = options_.durability.value_or(schema_->durability());
  frame.bytes = builder_.Build();
  error_ = common::BlockOn(executor_, Submit(std::move(frame)));
  return error_;
}

Task<Status> MutatorFace::Submit(TableFrame frame) {
  co_await flow_.Submit(std::move(frame), Deadline::After(executor_.clock(), timeout_));
  co_return flow_.first_error();
}

Status MutatorFace::Flush() {
  if (!builder_.empty()) RETURN_IF_ERROR(SendFrame());
  error_ = common::BlockOn(executor_, Drain());
  return error_;
}

Task<Status> MutatorFace::Drain() {
  co_await flow_.Drain();
  co_return flow_.first_error();
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
  const model::ColumnFamily* found = face_->schema().FindFamily(family);
  if (found == nullptr) {
    return common::InvalidArgument("the table has no column family '" + std::string(family) + "'")
        .WithDetail(model::kBadKey);
  }
  model::CellView cell;
  cell.key.row = row;
  cell.key.family = found->id;
  cell.key.qualifier = qualifier;
  cell.key.timestamp = timestamp.value_or(model::kAutomaticTimestamp);
  cell.value = value;
  if (!face_->schema().rules(found->id).counter) return face_->Set(cell);
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

uint64_t Mutator::cell_count() const {
  return face_->cell_count();
}

}  // namespace cellar::client
