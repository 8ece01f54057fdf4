#include "tests/sim/workloads/token_workload.h"

#include <cstdlib>
#include <utility>

#include "common/concurrency/sleep.h"

namespace cellar::sim {
namespace {

constexpr const char* kFamilies[] = {"a", "b", "c"};

}  // namespace

Task<void> TokenWorkload::Begin() {
  model::SchemaDefinition definition;
  AddFamily(&definition, "a", "zstd");
  AddFamily(&definition, "b", "lz4");
  AddFamily(&definition, "c", "snappy");
  definition.groups[1].options.in_memory = true;
  const bool made = co_await MakeTable(clients_.front(), "/sim/tokens", std::move(definition), &table_);
  if (!made) co_return;
  for (SimClient* client : clients_) {
    SpawnActor(*client, WriteRows(client, client->node().name()));
    SpawnActor(*client, ReadRows(client));
  }
}

Task<void> TokenWorkload::WriteRows(SimClient* client, std::string prefix) {
  SimWriter writer(*client);
  const std::string filler(random_.Uniform(200), 'x');
  for (int i = 0; i < kWrites; ++i) {
    const std::string key = prefix + (random_.OneIn(2) ? "/left" : "/right");
    Row& row = rows_[key];
    if (row.deletes.empty()) row.deletes.push_back(true);  // token 0: nothing was ever written
    const bool deletes = random_.OneIn(6);
    const size_t token = row.deletes.size();
    row.deletes.push_back(deletes);
    std::vector<model::Cell> cells;
    if (deletes) cells.push_back(Delete(model::KeyFlag::kDeleteRow, key, model::FamilyId(), ""));
    for (const char* family : kFamilies) {
      if (!deletes) cells.push_back(Insert(key, table_.family(family), "t", std::to_string(token) + " " + filler));
    }
    const Nanos patience = DrawPatience();
    const Status status = co_await writer.Write(table_, std::move(cells), patience);
    if (status.ok()) row.acknowledged = token;
    // What may still be on its way has no effect after its expiry and the bound of the clocks.
    if (status.Is(StatusCode::kTimedOut)) co_await common::SleepFor(client->node(), patience + 2 * kSecond);
    CountOperation();
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

Task<void> TokenWorkload::ReadRows(SimClient* client) {
  for (int i = 0; i < kReads; ++i) {
    co_await ReadAll(client, DrawPatience(), false);
    CountOperation();
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

Task<void> TokenWorkload::ReadAll(SimClient* client, Nanos patience, bool must_succeed) {
  std::map<std::string, size_t> at_least;
  for (const auto& [key, row] : rows_) at_least[key] = row.acknowledged;
  const auto cells = co_await client->Scan(table_, NewestOf(std::nullopt), patience);
  if (!cells.ok()) {
    if (must_succeed) Violate("the last scan: " + cells.status().ToString());
    co_return;
  }
  std::map<std::string, std::vector<std::string>> found;
  for (const model::Cell& cell : *cells) found[cell.row].push_back(cell.value);
  for (const auto& [key, least] : at_least) Check(key, found[key], least);
}

void TokenWorkload::Check(const std::string& row, const std::vector<std::string>& tokens, size_t at_least) {
  const std::vector<bool>& deletes = rows_[row].deletes;
  if (tokens.empty()) {
    for (size_t token = at_least; token < deletes.size(); ++token) {
      if (deletes[token]) return;
    }
    Violate("row " + row + " is lost, token " + std::to_string(at_least) + " was acknowledged");
    return;
  }
  const bool is_whole = tokens.size() == std::size(kFamilies) && tokens[0] == tokens[1] && tokens[1] == tokens[2];
  const size_t token = std::strtoull(tokens[0].c_str(), nullptr, 10);
  if (!is_whole) {
    Violate("row " + row + " is torn: token " + std::to_string(token) + " in one of " + std::to_string(tokens.size()) +
            " families");
  } else if (token < at_least || token >= deletes.size() || deletes[token]) {
    Violate("row " + row + " holds token " + std::to_string(token) + ", after " + std::to_string(at_least) +
            " was acknowledged");
  }
}

Task<void> TokenWorkload::Verify() {
  co_await ReadAll(clients_.front(), kLongPatience, true);
}

}  // namespace cellar::sim
