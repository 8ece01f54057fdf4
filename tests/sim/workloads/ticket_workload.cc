#include "tests/sim/workloads/ticket_workload.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include "common/concurrency/sleep.h"
#include "model/counter.h"

namespace cellar::sim {

using client::RowCondition;

Task<void> TicketWorkload::Begin() {
  model::SchemaDefinition definition;
  AddFamily(&definition, "n", "none", true);
  AddFamily(&definition, "stub", "none");
  const bool made = co_await MakeTable(clients_.front(), "/sim/tickets", std::move(definition), &table_);
  if (!made) co_return;
  for (SimClient* client : clients_) {
    SpawnActor(*client, Act(client));
    SpawnActor(*client, Act(client));
  }
}

Task<void> TicketWorkload::Act(SimClient* client) {
  for (int i = 0; i < kDrawsPerActor; ++i) {
    const size_t which = random_.Uniform(kRolls);
    co_await Draw(client, which);
    CountOperation();
    if (random_.OneIn(4)) co_await CheckRow(client, which);
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

Task<void> TicketWorkload::Draw(SimClient* client, size_t which) {
  Roll& roll = rolls_[which];
  const std::string row = RowOf(which);
  const model::FamilyId number = table_.family("n");
  std::vector<RowCondition> conditions;
  const std::string expected = std::to_string(roll.last_seen);
  if (roll.last_seen > 0 && random_.OneIn(3)) {
    conditions.emplace_back(number, "", RowCondition::Expectation::kEquals, expected);
  }
  model::CounterUpdate one;
  one.amount = 1;
  std::vector<model::Cell> cells;
  cells.push_back(Insert(row, number, "", one.Encode()));
  cells.push_back(Insert(row, table_.family("stub"), "whole", "x"));
  cells.push_back(Delete(model::KeyFlag::kDeleteCell, row, table_.family("stub"), "claim"));
  const bool is_conditional = !conditions.empty();
  const int64_t invoked_at = cluster_.Tick();
  auto outcome = co_await client->Mutate(table_, std::move(conditions), std::move(cells), DrawPatience());
  if (!outcome.ok()) {
    if (outcome.status().Is(StatusCode::kTimedOut)) roll.unanswered.push_back(invoked_at);
    co_return;
  }
  if (!outcome->applied) {
    if (!is_conditional) Violate("a draw without conditions was not applied");
    NoteRefusal(which, *outcome, expected, invoked_at);
    co_return;
  }
  if (outcome->counters.size() != 1) {
    Violate("a draw was applied and did not tell its number");
    co_return;
  }
  Drawn drawn;
  drawn.number = outcome->counters.front().value;
  drawn.invoked_at = invoked_at;
  drawn.returned_at = cluster_.Tick();
  if (is_conditional && std::to_string(drawn.number - 1) != expected) {
    Violate("number " + std::to_string(drawn.number) + " was drawn on the condition that the one before is " +
            expected);
  }
  roll.last_seen = std::max(roll.last_seen, drawn.number);
  roll.drawn.push_back(drawn);
}

void TicketWorkload::NoteRefusal(size_t which, const client::RowMutationOutcome& outcome, const std::string& expected,
                                 int64_t invoked_at) {
  const bool tells = outcome.failed.size() == 1 && outcome.failed[0].value.has_value();
  if (!tells) {
    Violate("a draw was not applied and did not say why");
    return;
  }
  const int64_t seen = std::strtoll(outcome.failed[0].value->c_str(), nullptr, 10);
  int64_t least = 0;
  for (const Drawn& drawn : rolls_[which].drawn)
    if (drawn.returned_at < invoked_at) least = std::max(least, drawn.number);
  if (seen < least || *outcome.failed[0].value == expected) {
    Violate("a draw that expects " + expected + " was refused because of " + *outcome.failed[0].value + "; " +
            std::to_string(least) + " was drawn before");
  }
  rolls_[which].last_seen = std::max(rolls_[which].last_seen, seen);
}

/// The counter and the stub came into being together.
Task<void> TicketWorkload::CheckRow(SimClient* client, size_t which) {
  auto cells = co_await client->Scan(table_, NewestOf(RowOf(which)), DrawPatience());
  if (!cells.ok()) co_return;
  if (!cells->empty() && cells->size() != 2) {
    Violate("a roll has " + std::to_string(cells->size()) + " cells: " + cells->front().ToString());
  }
}

/// Whoever asked behind an answer got a higher number.
void TicketWorkload::CheckOrder(size_t which) {
  std::vector<Drawn> drawn = rolls_[which].drawn;
  std::sort(drawn.begin(), drawn.end(), [](const Drawn& a, const Drawn& b) { return a.number > b.number; });
  int64_t earliest_return = std::numeric_limits<int64_t>::max();  // of higher numbers
  for (size_t i = 0; i < drawn.size(); ++i) {
    if (i > 0 && drawn[i].number == drawn[i - 1].number) {
      Violate(RowOf(which) + ": number " + std::to_string(drawn[i].number) + " was drawn twice");
    }
    if (earliest_return < drawn[i].invoked_at) {
      Violate(RowOf(which) + ": number " + std::to_string(drawn[i].number) + " was drawn behind a higher one");
    }
    earliest_return = std::min(earliest_return, drawn[i].returned_at);
  }
}

/// Each number up to `last` that nobody got has somebody of his own who asked before a higher one was told, and was not
/// answered.
void TicketWorkload::CheckGaps(size_t which, int64_t last) {
  Roll& roll = rolls_[which];
  std::vector<Drawn> drawn = roll.drawn;
  std::sort(drawn.begin(), drawn.end(), [](const Drawn& a, const Drawn& b) { return a.number < b.number; });
  if (!drawn.empty() && drawn.back().number > last) {
    Violate(RowOf(which) + ": " + std::to_string(drawn.back().number) + " was drawn, and it shows " +
            std::to_string(last));
    return;
  }
  std::vector<int64_t> told_by(drawn.size() + 1, std::numeric_limits<int64_t>::max());
  for (size_t i = drawn.size(); i > 0; --i) told_by[i - 1] = std::min(told_by[i], drawn[i - 1].returned_at);
  std::sort(roll.unanswered.begin(), roll.unanswered.end());
  size_t next_drawn = 0;
  size_t next_unanswered = 0;
  for (int64_t number = 1; number <= last; ++number) {
    if (next_drawn < drawn.size() && drawn[next_drawn].number == number) {
      ++next_drawn;
      continue;
    }
    const bool explained =
        next_unanswered < roll.unanswered.size() && roll.unanswered[next_unanswered] < told_by[next_drawn];
    if (!explained) {
      Violate(RowOf(which) + ": nobody drew number " + std::to_string(number) + " of " + std::to_string(last));
      return;
    }
    ++next_unanswered;
  }
}

Task<void> TicketWorkload::Verify() {
  for (size_t which = 0; which < kRolls; ++which) {
    auto cells = co_await clients_.front()->Scan(table_, NewestOf(RowOf(which)), kLongPatience);
    if (!cells.ok()) {
      Violate("the last read: " + cells.status().ToString());
      co_return;
    }
    const int64_t last = cells->empty() ? 0 : std::strtoll(cells->front().value.c_str(), nullptr, 10);
    CheckOrder(which);
    CheckGaps(which, last);
  }
}

}  // namespace cellar::sim
