#include <algorithm>
#include <utility>

#include "common/concurrency/run_job.h"
#include "common/fault/co_fault_point.h"
#include "model/key_codec.h"
#include "rangeserver/write/mutation_result.h"
#include "rangeserver/write/write_pipeline.h"

// Conditional row mutations of a write pipeline (docs/internals/write-pipeline.md): the row is held from the check of
// the conditions until the cells are visible.

namespace cellar::rangeserver {

using common::RunJob;

namespace {

std::string RowOf(const PendingBatch& pending) {
  std::string row;
  model::AppendUnescaped(pending.frame.rows.front().escaped_row, &row);
  return row;
}

JobClass JobClassFor(const PendingBatch& pending) {
  return pending.batch.table.is_system() ? JobClass::kSystem : JobClass::kRead;
}

}  // namespace

Task<Result<MutationOutcome>> WritePipeline::MutateRow(WriteBatch batch, MutationRequest request) {
  const common::Gate::Pass pass = gate_.TryEnter();
  if (!pass) co_return common::Cancelled("the server is stopping");
  CO_RETURN_IF_ERROR(CheckAdmission(batch));
  const Semaphore::Permit permit = bytes_in_flight_.TryAcquire(batch.frame.size());
  if (!permit) co_return common::Busy("too many bytes of writes in flight");
  auto pending = std::make_shared<PendingBatch>();
  pending->batch = std::move(batch);
  CO_RETURN_IF_ERROR(co_await Parse(pending));
  if (pending->frame.rows.size() != 1) co_return common::InvalidArgument("a row mutation takes exactly one row");
  CO_RETURN_IF_ERROR(co_await LatchRow(pending));
  Result<MutationOutcome> outcome = co_await MutateLatched(pending, std::move(request));
  // What was queued keeps the row until it is visible, also when nobody waits for it any more.
  if (!outcome.ok() || !outcome->applied) pending->hold.Release();
  co_return outcome;
}

Task<Status> WritePipeline::LatchRow(std::shared_ptr<PendingBatch> pending) {
  const std::string row = RowOf(*pending);
  while (true) {
    if (const auto same = FindInFlight(pending->batch)) {
      static_cast<void>(co_await AwaitDone(same));
      continue;
    }
    pending->hold = locks_->TryHold(pending->batch.table, row);
    if (pending->hold) co_return common::OkStatus();
    co_await locks_->changed().Wait();
  }
}

Status WritePipeline::RouteLatched(PendingBatch* pending) const {
  router_.Route(pending, true);
  return pending->outcome.refused.empty() ? common::OkStatus() : pending->outcome.refused.front().status;
}

Task<Result<MutationOutcome>> WritePipeline::MutateLatched(std::shared_ptr<PendingBatch> pending,
                                                           MutationRequest request) {
  if (seams_.faults.Planted(Defect::kRowNotHeld)) pending->hold.Release();
  co_await AwaitVisible(queued_count_);
  CO_RETURN_IF_ERROR(RouteLatched(pending.get()));
  if (pending->parts.empty()) co_return co_await AnswerRepeated(pending, std::move(request));
  CO_TRY(MutationVerdict verdict, co_await Decide(pending, request));
  // While the job ran the range may have gone, or a later batch of the session settled this one.
  CO_RETURN_IF_ERROR(RouteLatched(pending.get()));
  if (pending->parts.empty()) co_return co_await AnswerRepeated(pending, std::move(request));
  if (!verdict.failed.empty()) co_return co_await Refuse(pending, std::move(request), std::move(verdict.failed));
  co_return co_await Apply(pending, std::move(request), std::move(verdict.counters));
}

Task<Result<MutationVerdict>> WritePipeline::Decide(std::shared_ptr<PendingBatch> pending, MutationRequest request) {
  const PendingBatch::Part& part = pending->parts.front();
  const Nanos now = seams_.executor.clock().WallNow();
  MutationQuestion question;
  question.row = RowOf(*pending);
  question.conditions = std::move(request.conditions);
  question.cells = part.section.cells;
  question.base = model::Revision{std::max(sequencer_.last().get() + 1, now)};
  question.wants_counters = request.wants_counters;
  auto decide = [pending, snapshot = part.range->Snapshot(), question = std::move(question), now] {
    return DecideMutation(snapshot, question, now);
  };
  co_return co_await RunJob(seams_.executor, JobClassFor(*pending), std::move(decide));
}

Task<Result<MutationOutcome>> WritePipeline::Apply(std::shared_ptr<PendingBatch> pending, MutationRequest request,
                                                   std::vector<CounterValue> counters) {
  MutationResult result;
  for (const CounterValue& counter : counters) result.counters.push_back(counter.value);
  const bool is_remembered = request.wants_counters || pending->batch.settles;
  pending->result = is_remembered ? result.Encode() : std::string();
  for (PendingBatch::Part& part : pending->parts) {
    part.section.flags |= storage::kSectionConditional;
    part.section.result = pending->result;
  }
  CO_RETURN_IF_ERROR(Enqueue(pending));
  CO_RETURN_IF_ERROR(co_await AwaitDone(pending));
  MutationOutcome outcome;
  outcome.applied = true;
  outcome.counters = std::move(counters);
  outcome.revision = pending->outcome.base;
  CO_FAULT_POINT(seams_.executor, seams_.faults, "write.mutation.before_answer");
  co_return outcome;
}

Task<Result<MutationOutcome>> WritePipeline::Refuse(std::shared_ptr<PendingBatch> pending, MutationRequest request,
                                                    std::vector<FailedCondition> failed) {
  // Route asked the lease just now, after the values were read: they may leave.
  if (seams_.faults.Planted(Defect::kRefusedRowLogged)) {
    for (PendingBatch::Part& part : pending->parts) part.is_refused = true;
    static_cast<void>(Enqueue(pending));
  } else if (request.is_retry) {
    MutationResult result;
    result.applied = false;
    for (const FailedCondition& failure : failed) result.failed.push_back(failure.index);
    CO_RETURN_IF_ERROR(co_await RememberRefusal(pending, result.Encode()));
  }
  MutationOutcome outcome;
  outcome.failed = std::move(failed);
  co_return outcome;
}

/// A copy of the earlier try may still be on its way, and find that the conditions hold by then: it must not apply what
/// its sender was told was not applied.
Task<Status> WritePipeline::RememberRefusal(std::shared_ptr<PendingBatch> pending, std::string result) {
  pending->result = std::move(result);
  for (PendingBatch::Part& part : pending->parts) {
    part.section.flags |= storage::kSectionConditional;
    part.section.result = pending->result;
    part.section.cells = std::string_view();
  }
  CO_RETURN_IF_ERROR(Enqueue(pending));
  co_return co_await AwaitDone(pending);
}

Task<Result<MutationOutcome>> WritePipeline::AnswerRepeated(std::shared_ptr<PendingBatch> pending,
                                                            MutationRequest request) {
  const std::string row = RowOf(*pending);
  const std::shared_ptr<LoadedRange> loaded = seams_.ranges.Find(pending->batch.table, row);
  const std::shared_ptr<Range> range = loaded->range;
  CO_TRY(MutationResult result, MutationResult::Decode(pending->outcome.result));
  MutationOutcome outcome;
  outcome.applied = result.applied;
  if (result.applied) {
    outcome.revision = pending->outcome.base;
    const std::vector<Column> columns = CountersIn(pending->frame.cells, *range->schema());
    for (size_t i = 0; i < std::min(columns.size(), result.counters.size()); ++i) {
      CounterValue& counter = outcome.counters.emplace_back();
      counter.family = columns[i].first;
      counter.qualifier = columns[i].second;
      counter.value = result.counters[i];
    }
    pending->hold.Release();
    co_return outcome;
  }
  std::vector<Column> columns;
  for (const size_t index : result.failed) {
    if (index >= request.conditions.size())
      co_return common::Corruption("a remembered refusal is not of this mutation");
    columns.emplace_back(request.conditions[index].family, request.conditions[index].qualifier);
  }
  auto read = [snapshot = range->Snapshot(), row, columns = std::move(columns),
               now = seams_.executor.clock().WallNow()] { return ReadColumns(snapshot, row, columns, now); };
  CO_TRY(std::vector<std::optional<std::string>> values,
         co_await RunJob(seams_.executor, JobClassFor(*pending), std::move(read)));
  CO_RETURN_IF_ERROR(RouteLatched(pending.get()));
  for (size_t i = 0; i < result.failed.size(); ++i) {
    FailedCondition& failure = outcome.failed.emplace_back();
    failure.index = result.failed[i];
    failure.value = std::move(values[i]);
  }
  co_return outcome;
}

}  // namespace cellar::rangeserver
