#include "tests/sim/workloads/counter_workload.h"

#include <cstdlib>
#include <utility>

#include "common/concurrency/sleep.h"
#include "model/counter.h"

namespace cellar::sim {

Task<void> CounterWorkload::Begin() {
  model::SchemaDefinition definition;
  AddFamily(&definition, "n", "lz4", true);
  const bool made = co_await MakeTable(clients_.front(), "/sim/counters", std::move(definition), &table_);
  if (!made) co_return;
  for (SimClient* client : clients_) SpawnActor(*client, Add(client));
}

Task<void> CounterWorkload::Add(SimClient* client) {
  SimWriter writer(*client);
  for (int i = 0; i < kStepsPerActor; ++i) {
    const size_t which = random_.Uniform(kCounters);
    const auto amount = static_cast<int64_t>(1 + random_.Uniform(9));
    model::CounterUpdate update;
    update.amount = amount;
    std::vector<model::Cell> cells(1, Insert(RowOf(which), table_.family("n"), "", update.Encode()));
    tallies_[which].asked += amount;
    const Status status = co_await writer.Write(table_, std::move(cells), DrawPatience());
    if (status.ok()) tallies_[which].acknowledged += amount;
    if (!status.ok() && !status.Is(StatusCode::kTimedOut)) tallies_[which].asked -= amount;
    CountOperation();
    if (random_.OneIn(3)) co_await Read(client, random_.Uniform(kCounters), DrawPatience(), false);
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

Task<void> CounterWorkload::Read(SimClient* client, size_t which, Nanos patience, bool must_succeed) {
  const int64_t least = tallies_[which].acknowledged;
  const auto cells = co_await client->Scan(table_, NewestOf(RowOf(which)), patience);
  CountOperation();
  if (!cells.ok()) {
    if (must_succeed) Violate("the last read: " + cells.status().ToString());
    co_return;
  }
  const int64_t value = cells->empty() ? 0 : std::strtoll(cells->front().value.c_str(), nullptr, 10);
  if (value < least || value > tallies_[which].asked) {
    Violate(RowOf(which) + " is " + std::to_string(value) + ", acknowledged " + std::to_string(least) + ", asked for " +
            std::to_string(tallies_[which].asked));
  }
}

Task<void> CounterWorkload::Verify() {
  for (size_t which = 0; which < kCounters; ++which) co_await Read(clients_.front(), which, kLongPatience, true);
}

}  // namespace cellar::sim
