#include "tests/sim/workloads/register_workload.h"

#include <utility>

#include "common/concurrency/sleep.h"

namespace cellar::sim {

using client::RowCondition;

Task<void> RegisterWorkload::Begin() {
  model::SchemaDefinition definition;
  AddFamily(&definition, "v", "none");
  if (random_.OneIn(2)) definition.families.back().options.max_versions = 1;
  const bool made = co_await MakeTable(clients_.front(), "/sim/registers", std::move(definition), &table_);
  if (!made) co_return;
  int number = 0;
  for (SimClient* client : clients_) {
    SpawnActor(*client, Act(client, "a" + std::to_string(++number)));
    SpawnActor(*client, Act(client, "b" + std::to_string(number)));
  }
}

Task<void> RegisterWorkload::Act(SimClient* client, std::string prefix) {
  SimWriter writer(*client);
  for (int i = 0; i < kOperationsPerActor; ++i) {
    const size_t which = random_.Uniform(kRegisters);
    const std::string value = prefix + "." + std::to_string(i);
    switch (random_.Uniform(8)) {
      case 0:
        co_await Write(&writer, which, std::nullopt);
        break;
      case 1:
      case 2:
        co_await Write(&writer, which, value);
        break;
      case 3:
      case 4:
        co_await CompareAndSet(client, which, value);
        break;
      default:
        co_await Read(client, which);
    }
    CountOperation();
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

Task<Result<std::optional<std::string>>> RegisterWorkload::ReadValue(SimClient* client, size_t which, Nanos patience) {
  Result<std::vector<model::Cell>> cells = common::Cancelled("not read");
  if (random_.OneIn(2)) {
    std::vector<std::string> rows(1, RowOf(which));
    cells = co_await client->Get(table_, NewestOf(std::nullopt), std::move(rows), patience);
  } else {
    cells = co_await client->Scan(table_, NewestOf(RowOf(which)), patience);
  }
  if (!cells.ok()) co_return std::move(cells).status();
  if (cells->size() > 1) Violate("more than one newest version: " + cells->at(1).ToString());
  std::optional<std::string> value;
  if (!cells->empty()) value = cells->front().value;
  co_return std::move(value);
}

Task<void> RegisterWorkload::Read(SimClient* client, size_t which) {
  Operation read;
  read.kind = Operation::Kind::kRead;
  read.invoked_at = cluster_.Tick();
  auto value = co_await ReadValue(client, which, DrawPatience());
  if (!value.ok()) co_return;
  read.value = std::move(value).value();
  read.returned_at = cluster_.Tick();
  last_seen_[which] = read.value;
  Note(which, std::move(read));
}

Task<void> RegisterWorkload::Write(SimWriter* writer, size_t which, std::optional<std::string> value) {
  Operation write;
  write.kind = Operation::Kind::kWrite;
  write.value = value;
  const model::FamilyId family = table_.family("v");
  model::Cell cell;
  if (value) {
    cell = Insert(RowOf(which), family, "q", *value);
  } else {
    const auto flag = static_cast<model::KeyFlag>(random_.Uniform(3));  // row, family or cell
    cell = Delete(flag, RowOf(which), family, "q");
  }
  std::vector<model::Cell> cells(1, cell);
  write.invoked_at = cluster_.Tick();
  const Status status = co_await writer->Write(table_, std::move(cells), DrawPatience());
  if (!status.ok() && !status.Is(StatusCode::kTimedOut)) co_return;  // it has not happened
  if (status.ok()) write.returned_at = cluster_.Tick();
  if (!status.ok()) write.outcome = Operation::Outcome::kUnknown;
  Note(which, std::move(write));
}

Task<void> RegisterWorkload::CompareAndSet(SimClient* client, size_t which, std::string value) {
  Operation set;
  set.kind = Operation::Kind::kCompareAndSet;
  set.value = value;
  set.expected = last_seen_[which];
  const model::FamilyId family = table_.family("v");
  std::vector<RowCondition> conditions;
  if (set.expected) {
    conditions.emplace_back(family, "q", RowCondition::Expectation::kEquals, *set.expected);
  } else {
    conditions.emplace_back(family, "q", RowCondition::Expectation::kAbsent);
  }
  std::vector<model::Cell> cells(1, Insert(RowOf(which), family, "q", value));
  set.invoked_at = cluster_.Tick();
  auto outcome = co_await client->Mutate(table_, std::move(conditions), std::move(cells), DrawPatience());
  if (!outcome.ok() && !outcome.status().Is(StatusCode::kTimedOut)) co_return;
  if (!outcome.ok()) {
    set.outcome = Operation::Outcome::kUnknown;
    Note(which, std::move(set));
    co_return;
  }
  set.returned_at = cluster_.Tick();
  if (!outcome->applied) {
    set.outcome = Operation::Outcome::kRefused;
    Operation read = set;
    read.kind = Operation::Kind::kRead;
    read.outcome = Operation::Outcome::kDone;
    read.value.reset();
    if (!outcome->failed.empty()) read.value = outcome->failed.front().value;
    last_seen_[which] = read.value;
    Note(which, std::move(read));
  }
  Note(which, std::move(set));
}

void RegisterWorkload::Note(size_t which, Operation operation) {
  histories_[which].push_back(std::move(operation));
}

Task<void> RegisterWorkload::Verify() {
  for (size_t which = 0; which < kRegisters; ++which) {
    Operation read;
    read.kind = Operation::Kind::kRead;
    read.invoked_at = cluster_.Tick();
    auto value = co_await ReadValue(clients_.front(), which, kLongPatience);
    if (!value.ok()) {
      Violate("the last read: " + value.status().ToString());
      co_return;
    }
    read.value = std::move(value).value();
    read.returned_at = cluster_.Tick();
    Note(which, std::move(read));
    const Status linearizable = tests::CheckLinearizable(histories_[which]);
    if (!linearizable.ok()) Violate(RowOf(which) + ": " + linearizable.ToString());
  }
}

}  // namespace cellar::sim
