#include "tests/sim/workloads/model_workload.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/concurrency/sleep.h"
#include "model/evaluator.h"
#include "model/mutation_evaluator.h"

namespace cellar::sim {
namespace {

constexpr Nanos kClockBound = kSecond;  ///< By so much clients' and servers' clocks may differ.
constexpr model::Revision kEverything{std::numeric_limits<int64_t>::max()};

/// The revision is the client's knowledge of the order only: scans do not tell it.
std::vector<model::Cell> WithoutRevisions(std::vector<model::Cell> cells) {
  for (model::Cell& cell : cells) cell.revision = model::Revision();
  return cells;
}

std::string FirstDifference(const std::vector<model::Cell>& seen, const std::vector<model::Cell>& expected) {
  const size_t common = std::min(seen.size(), expected.size());
  size_t at = 0;
  while (at < common && seen[at] == expected[at]) ++at;
  return std::to_string(seen.size()) + " cells, expected " + std::to_string(expected.size()) + "; number " +
         std::to_string(at) + " is " + (at < seen.size() ? seen[at].ToString() : "missing") + ", expected " +
         (at < expected.size() ? expected[at].ToString() : "none");
}

}  // namespace

Task<void> ModelWorkload::Begin() {
  model::SchemaDefinition definition = cells_.NewSchema().definition();
  const bool made = co_await MakeTable(clients_.front(), "/sim/model", std::move(definition), &table_);
  if (made) SpawnActor(*clients_.front(), Act(clients_.front()));
}

Task<void> ModelWorkload::Act(SimClient* client) {
  for (int step = 0; step < kSteps; ++step) {
    if (random_.OneIn(4)) {
      co_await Compare(client, DrawPatience(), false);
    } else {
      const bool known = co_await Write(client);
      if (!known) co_return;
    }
    CountOperation();
    if (random_.OneIn(20)) {
      const Status asked = co_await client->Compact(table_, static_cast<int>(random_.Uniform(4)), 2 * kSecond);
      (void)asked;  // it is only advice
    }
    co_await common::SleepFor(client->node(), DrawPause() / 4);
  }
}

/// What the counters that the cells add to or set show behind them, unless something expires about then.
void ModelWorkload::CheckCounters(const std::vector<model::Cell>& cells, const client::RowMutationOutcome& outcome,
                                  Nanos asked_at, Nanos answered_at) {
  const auto at = [&](Nanos now) {
    return model::EvaluateMutation(*table_.schema, history_, std::vector<client::RowCondition>(), cells,
                                   outcome.revision, now);
  };
  const auto early = at(asked_at);
  const auto late = at(answered_at);
  if (!early.ok() || !late.ok() || early->counters != late->counters) return;
  if (outcome.counters != early->counters) Violate("counters of a mutation: " + cells.front().ToString());
}

/// A row mutation without conditions: its answer tells the revisions, also after many tries.
Task<bool> ModelWorkload::Write(SimClient* client) {
  std::vector<model::Cell> cells(1, cells_.NewCell(*table_.schema, Now(client)));
  while (random_.OneIn(2)) {
    model::Cell another = cells_.NewCell(*table_.schema, Now(client));
    another.row = cells.front().row;
    cells.push_back(std::move(another));
  }
  auto write = [this, client, &cells] {
    return client->Mutate(table_, std::vector<client::RowCondition>(), cells, kLongPatience);
  };
  const Nanos asked_at = Now(client) - kClockBound;
  const auto outcome = co_await Insist<Result<client::RowMutationOutcome>>(&client->node(), &Passes, write);
  if (!outcome.ok()) {
    Violate("a write was not answered: " + outcome.status().ToString());
    co_return false;
  }
  CheckCounters(cells, *outcome, asked_at, Now(client) + kClockBound);
  int64_t revision = outcome->revision.get();
  for (model::Cell& cell : cells) {
    history_.push_back(tests::Written(std::move(cell), model::Revision{revision++}));
  }
  co_return true;
}

Task<void> ModelWorkload::Compare(SimClient* client, Nanos patience, bool must_succeed) {
  const model::ScanSpec spec = must_succeed ? model::ScanSpec() : cells_.NewSpec(*table_.schema, Now(client));
  const Nanos asked_at = Now(client) - kClockBound;
  auto seen = co_await client->Scan(table_, spec, patience);
  const Nanos answered_at = Now(client) + kClockBound;
  const auto expected = model::Evaluate(*table_.schema, history_, spec, kEverything, asked_at);
  if (!seen.ok()) {
    const bool both_refuse = !expected.ok() && seen.status().detail() == expected.status().detail();
    if (!both_refuse && must_succeed) Violate("the last scan: " + seen.status().ToString());
    co_return;
  }
  if (!expected.ok()) {
    Violate("a scan that must be refused was answered: " + expected.status().ToString());
    co_return;
  }
  const auto later = model::Evaluate(*table_.schema, history_, spec, kEverything, answered_at);
  if (*later != *expected) co_return;  // something expired about then
  const std::vector<model::Cell> cells = WithoutRevisions(std::move(seen).value());
  const std::vector<model::Cell> wanted = WithoutRevisions(*expected);
  if (cells != wanted) Violate(FirstDifference(cells, wanted));
}

Task<void> ModelWorkload::Verify() {
  co_await Compare(clients_.front(), kLongPatience, true);
}

}  // namespace cellar::sim
