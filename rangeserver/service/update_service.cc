#include "rangeserver/service/update_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/bytes/coding.h"
#include "common/concurrency/task_group.h"
#include "model/cell_codec.h"
#include "protocol/message.h"
#include "protocol/part_status.h"
#include "protocol/values.h"

namespace cellar::rangeserver {
namespace {

/// The frame's bytes within the attachment.
Result<std::string_view> CellsOf(const protocol::UpdateFrame& frame, std::string_view attachment) {
  const auto offset = static_cast<size_t>(frame.attachment_offset);
  const auto length = static_cast<size_t>(frame.attachment_length);
  if (frame.attachment_offset < 0 || frame.attachment_length < 0 || offset > attachment.size() ||
      length > attachment.size() - offset) {
    return common::InvalidArgument("a frame lies outside of the attachment");
  }
  return attachment.substr(offset, length);
}

WriteBatch BatchOf(const protocol::UpdateFrame& frame, std::string cells) {
  WriteBatch batch;
  batch.table = protocol::FromMessage(frame.table);
  batch.generation = model::SchemaGeneration(frame.schema_generation);
  batch.session = model::SessionId(frame.session);
  batch.sequence = model::SequenceNumber(frame.sequence);
  batch.expires_at = frame.expires_at;
  batch.durability = static_cast<model::Durability>(std::clamp<int>(frame.durability, 0, 2));
  batch.resumes = frame.resumes;
  batch.settles = frame.settles;
  batch.frame = std::move(cells);
  return batch;
}

protocol::RefusedRows Refuse(size_t first_row, size_t row_count, const Status& status) {
  protocol::RefusedRows refused;
  refused.first_row = static_cast<int32_t>(first_row);
  refused.row_count = static_cast<int32_t>(row_count);
  refused.status = protocol::ToPartStatus(status);
  return refused;
}

/// Refuses every row of a frame that was not looked into: the client counts its rows itself.
void RefuseAll(const Status& status, protocol::FrameOutcome* outcome) {
  protocol::RefusedRows all = Refuse(0, 0, status);
  all.row_count = -1;
  outcome->refused.assign(1, std::move(all));
}

Result<std::vector<CellCondition>> ConditionsOf(const protocol::MutateRowRequest& request) {
  std::vector<CellCondition> conditions;
  for (const protocol::Condition& message : request.conditions) {
    if (message.family < model::kMinFamilyId || message.family > model::kMaxFamilyId) {
      return common::InvalidArgument("a condition names the family " + std::to_string(message.family));
    }
    CellCondition condition;
    condition.family = model::FamilyId(static_cast<uint8_t>(message.family));
    condition.qualifier = message.qualifier;
    if (message.expectation < 0 || message.expectation > model::kLargestExpectation) {
      return common::Unsupported("a condition of kind " + std::to_string(message.expectation) + " is not known here");
    }
    condition.expectation = static_cast<CellCondition::Expectation>(message.expectation);
    condition.value = message.value;
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

/// The row of the frame's first cell. Only the way to its range: the pipeline verifies every byte.
Result<std::string> FirstRow(std::string_view frame) {
  common::Reader in(frame);
  uint32_t ignored = 0;
  model::EncodedCell cell;
  model::EncodedKeyParts parts;
  if (in.Skip(2) && in.GetVarint32(&ignored) && in.GetVarint32(&ignored) && model::CellReader(in.rest()).Next(&cell) &&
      model::ParseKeyPrefix(cell.key_prefix, &parts)) {
    return model::RowOfKey(cell.key_prefix);
  }
  return common::InvalidArgument("a row mutation needs a frame with at least one well-formed cell");
}

}  // namespace

Task<void> UpdateService::WriteFrame(const protocol::UpdateFrame& frame, std::string cells,
                                     protocol::FrameOutcome* outcome) {
  if (protocol::FromMessage(frame.table) == model::kMetadataTable) {
    RefuseAll(common::InvalidArgument("METADATA is changed by conditional row mutations only"), outcome);
    co_return;
  }
  auto written = co_await pipelines_.user->Write(BatchOf(frame, std::move(cells)));
  if (written.ok()) {
    for (const RefusedRows& rows : written->refused) {
      outcome->refused.push_back(Refuse(rows.first_row, rows.row_count, rows.status));
    }
    if (written->base) outcome->__set_base_revision(written->base->get());
  } else {
    RefuseAll(written.status(), outcome);
  }
}

Task<Result<rpc::Response>> UpdateService::Update(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::UpdateRequest>(request.message));
  if (message.frames.size() > kMaxFrames) co_return common::InvalidArgument("too many frames in one update");
  protocol::UpdateResponse response;
  response.outcomes.resize(message.frames.size());
  TaskGroup group(executor_);
  for (size_t i = 0; i < message.frames.size(); ++i) {
    auto cells = CellsOf(message.frames[i], request.attachment);
    if (!cells.ok()) {
      RefuseAll(cells.status(), &response.outcomes[i]);
      continue;
    }
    const bool whole = cells->size() == request.attachment.size();
    std::string bytes = whole ? std::move(request.attachment) : std::string(*cells);
    group.Spawn(WriteFrame(message.frames[i], std::move(bytes), &response.outcomes[i]), "frame of an update");
  }
  co_await group.Join();
  co_return rpc::Response(protocol::EncodeMessage(response));
}

Task<Result<rpc::Response>> UpdateService::MutateRow(rpc::CallInfo, rpc::Request request) {
  CO_TRY(const auto message, protocol::DecodeMessage<protocol::MutateRowRequest>(request.message));
  MutationRequest mutation;
  CO_TRY(mutation.conditions, ConditionsOf(message));
  mutation.wants_counters = message.wants_counters;
  mutation.is_retry = message.is_retry;
  CO_TRY(const std::string row, FirstRow(request.attachment));
  WritePipeline& pipeline = pipelines_.For(protocol::FromMessage(message.frame.table), row);
  WriteBatch batch = BatchOf(message.frame, std::move(request.attachment));
  batch.master_term = static_cast<uint32_t>(message.master_term);
  CO_TRY(MutationOutcome outcome, co_await pipeline.MutateRow(std::move(batch), std::move(mutation)));
  protocol::MutateRowResponse response;
  response.applied = outcome.applied;
  if (outcome.revision) response.__set_revision(outcome.revision->get());
  for (FailedCondition& failed : outcome.failed) {
    protocol::CurrentValue current;
    current.condition = static_cast<int32_t>(failed.index);
    if (failed.value) current.__set_value(std::move(*failed.value));
    response.current.push_back(std::move(current));
  }
  for (CounterValue& counter : outcome.counters) {
    protocol::CounterValue message_counter;
    message_counter.family = counter.family.get();
    message_counter.qualifier = std::move(counter.qualifier);
    message_counter.value = counter.value;
    response.counters.push_back(std::move(message_counter));
  }
  co_return rpc::Response(protocol::EncodeMessage(response));
}

}  // namespace cellar::rangeserver
