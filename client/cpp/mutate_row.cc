#include "client/cpp/mutate_row.h"

#include <algorithm>
#include <utility>

#include "client/cpp/backoff.h"
#include "client/cpp/index_writes.h"
#include "client/cpp/table_schemas.h"
#include "common/base/check.h"
#include "model/cell_codec.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

std::string FrameOf(const std::vector<model::Cell>& cells, const model::Schema& schema) {
  model::FrameBuilder builder(schema.key_codec());
  for (const model::Cell& cell : cells) builder.Add(cell.view());
  return builder.Build();
}

protocol::MutateRowRequest RequestFor(model::TableId table, const model::Schema& schema,
                                      const std::vector<RowCondition>& conditions) {
  protocol::MutateRowRequest request;
  request.frame.table = protocol::ToMessage(table);
  request.frame.schema_generation = schema.generation().get();
  request.frame.durability = static_cast<protocol::Durability::type>(schema.durability());
  for (const RowCondition& condition : conditions) {
    protocol::Condition message;
    message.family = condition.family.get();
    message.qualifier = condition.qualifier;
    message.expectation = static_cast<protocol::Expectation::type>(condition.expectation);
    if (condition.Compares()) message.__set_value(condition.value);
    request.conditions.push_back(std::move(message));
  }
  return request;
}

RowMutationOutcome OutcomeOf(protocol::MutateRowResponse response) {
  RowMutationOutcome outcome;
  outcome.applied = response.applied;
  outcome.revision = model::Revision(response.revision);
  for (protocol::CurrentValue& current : response.current) {
    model::FailedCondition& failed = outcome.failed.emplace_back();
    failed.index = static_cast<size_t>(std::max(0, current.condition));
    if (current.__isset.value) failed.value = std::move(current.value);
  }
  for (protocol::CounterValue& message : response.counters) {
    model::CounterValue& counter = outcome.counters.emplace_back();
    counter.family = model::FamilyId(static_cast<uint8_t>(message.family));
    counter.qualifier = std::move(message.qualifier);
    counter.value = message.value;
  }
  return outcome;
}

bool IsRefusal(const Status& status) {
  return status.Is(StatusCode::kNotOwner) || status.Is(StatusCode::kBusy) || status.Is(StatusCode::kStaleSchema);
}

/// Whether `schema` still has what the mutation is about; if not, kInvalidArgument names a column.
Status CheckFamilies(const std::vector<RowCondition>& conditions, const std::vector<model::Cell>& cells,
                     const model::Schema& schema) {
  for (const RowCondition& condition : conditions) {
    if (!schema.is_live(condition.family)) return FamilyIsGone(schema, condition.family, condition.qualifier);
  }
  for (const model::Cell& cell : cells) {
    if (cell.flag != model::KeyFlag::kDeleteRow && !schema.is_live(cell.family))
      return FamilyIsGone(schema, cell.family, cell.qualifier);
  }
  return common::OkStatus();
}

/// Puts the newest schema in place of `schema`, which a server refused as old. The caller keeps both alive.
Task<Status> LearnSchema(UpdateSeams seams, model::TableId table, std::shared_ptr<const model::Schema>* schema,
                         Deadline deadline) {
  auto newer = co_await seams.schemas->NewerThan(table, (*schema)->generation(), deadline);
  if (newer.ok()) *schema = std::move(newer).value();
  co_return FailureOfLookup(newer.status());
}

/// Writes the index entries of the cells by `schema`, and by a newer one in its place when an index of it is gone:
/// until when the cells may be taken (WriteEntries). The caller keeps `schema` and `cells` alive.
Task<Result<std::optional<Nanos>>> WriteEntriesOf(UpdateSeams seams, model::TableId table,
                                                  std::shared_ptr<const model::Schema>* schema,
                                                  const std::vector<model::Cell>& cells, Deadline deadline) {
  Backoff backoff(seams.random);
  while (true) {
    EntryFrames entries(*schema);
    for (const model::Cell& cell : cells) entries.Add(cell.view());
    std::vector<TableFrame> frames = entries.Build();
    if (frames.empty()) co_return std::optional<Nanos>();
    CHECK(seams.core != nullptr);
    auto written = co_await WriteEntries(*seams.core, std::move(frames), deadline);
    if (!written.status().Is(StatusCode::kStaleSchema) || seams.schemas == nullptr) co_return std::move(written);
    const Status learnt = co_await LearnSchema(seams, table, schema, TryDeadline(seams.executor.clock(), deadline));
    if (learnt.ok()) continue;
    if (!IsWorthAnotherTry(learnt)) co_return learnt;
    const bool waited = co_await backoff.Wait(seams.executor, deadline);
    if (!waited) co_return learnt;
  }
}

Status Final(const Status& failure, bool maybe_applied) {
  return maybe_applied ? OutcomeUnknown(failure) : failure;
}

}  // namespace

Task<Result<RowMutationOutcome>> MutateRow(UpdateSeams seams, model::TableId table,
                                           std::shared_ptr<const model::Schema> schema,
                                           std::vector<RowCondition> conditions, std::vector<model::Cell> cells,
                                           Deadline deadline, MutateRowOptions options) {
  const std::string row = cells.at(0).row;
  auto takes_until = co_await WriteEntriesOf(seams, table, &schema, cells, deadline);
  if (!takes_until.ok()) co_return std::move(takes_until).status();
  MutationLanes::Lane lane = seams.lanes.Take();
  const std::string frame = FrameOf(cells, *schema);
  protocol::MutateRowRequest request = RequestFor(table, *schema, conditions);
  request.frame.attachment_length = static_cast<int32_t>(frame.size());
  request.frame.session = lane.session().get();
  request.frame.sequence = lane.Next().get();
  request.frame.settles = true;
  request.wants_counters = options.wants_counters;
  if (options.durability) request.frame.durability = static_cast<protocol::Durability::type>(*options.durability);
  request.frame.expires_at = seams.ExpiryOf(deadline, *takes_until);
  if (seams.master_term != 0) request.__set_master_term(seams.master_term);
  Backoff backoff(seams.random);
  bool maybe_applied = false;
  while (true) {
    Status failure;
    const Deadline of_try = TryDeadline(seams.executor.clock(), deadline);
    auto location = co_await seams.locator.Locate(table, row, of_try);
    if (location.ok()) {
      auto response = co_await seams.stub.MutateRow(location->address, request, frame, of_try);
      if (response.ok()) co_return OutcomeOf(std::move(response).value());
      failure = std::move(response).status();
      maybe_applied |= failure.Is(StatusCode::kTimedOut);
      request.is_retry = maybe_applied;
      seams.locator.Forget(table, row);
    } else {
      failure = std::move(location).status();
    }
    // A refused row gets a new number, unless an earlier try may have been applied under this one.
    if (IsRefusal(failure) && !maybe_applied) request.frame.sequence = lane.Next().get();
    if (failure.Is(StatusCode::kStaleSchema) && seams.schemas != nullptr) {
      failure = co_await LearnSchema(seams, table, &schema, of_try);
      // What may have been applied is asked for all the same: the server knows it by its number.
      if (failure.ok() && !maybe_applied) failure = CheckFamilies(conditions, cells, *schema);
      if (failure.ok()) {
        takes_until = co_await WriteEntriesOf(seams, table, &schema, cells, deadline);
        if (!takes_until.ok()) break;
        if (*takes_until) request.frame.expires_at = seams.ExpiryOf(deadline, *takes_until);
      }
      request.frame.schema_generation = schema->generation().get();
      if (failure.ok()) continue;
    }
    if (IsWorthAnotherTry(failure) || (maybe_applied && IsStateOfFiles(failure))) {
      const bool waited = co_await backoff.Wait(seams.executor, deadline);
      if (waited) continue;
    }
    co_return Final(failure, maybe_applied);
  }
  co_return Final(takes_until.status(), maybe_applied);
}

}  // namespace cellar::client
