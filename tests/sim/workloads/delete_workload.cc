#include "tests/sim/workloads/delete_workload.h"

#include <utility>

#include "common/concurrency/sleep.h"

namespace cellar::sim {

using model::KeyFlag;

namespace {

constexpr const char* kFamilies[] = {"a", "b"};

}  // namespace

Task<void> DeleteWorkload::Begin() {
  model::SchemaDefinition definition;
  AddFamily(&definition, "a", "lz4");
  AddFamily(&definition, "b", "none");
  definition.groups[0].options.block_size_bytes = 200;
  const bool made = co_await MakeTable(clients_.front(), "/sim/deletes", std::move(definition), &table_);
  if (!made) co_return;
  for (SimClient* client : clients_) SpawnActor(*client, WriteAndDelete(client, client->node().name()));
  SpawnActor(*clients_.back(), Watch(clients_.back()));
}

Task<void> DeleteWorkload::WriteAndDelete(SimClient* client, std::string prefix) {
  SimWriter writer(*client);
  std::vector<std::string> written;
  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<std::string> rows;
    std::vector<model::Cell> cells;
    for (uint64_t i = 0; i < 1 + random_.Uniform(kRowsPerBatch); ++i) {
      rows.push_back(std::to_string(random_.Uniform(1000)) + "/" + prefix + "/" + std::to_string(rows_.size()));
      rows_[rows.back()] = State::kUnknown;
      for (const char* family : kFamilies) {
        cells.push_back(Insert(rows.back(), table_.family(family), "q", rows.back()));
        cells.back().timestamp = kTimestamp;
      }
    }
    const Status status = co_await writer.Write(table_, std::move(cells), DrawPatience());
    CountOperation();
    for (const std::string& row : rows) {
      if (status.ok()) rows_[row] = State::kPresent;
      if (status.ok()) written.push_back(row);
    }
    if (random_.OneIn(3)) {
      const Status asked = co_await client->Compact(table_, static_cast<int>(random_.Uniform(4)), 2 * kSecond);
      (void)asked;  // it is only advice
    }
    if (batch % 2 == 1) {
      co_await DeleteSome(client, &writer, written);
      written.clear();
    }
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

std::vector<model::Cell> DeleteWorkload::MarkersFor(const std::string& row) {
  std::vector<model::Cell> markers;
  const auto flag = static_cast<KeyFlag>(random_.Uniform(4));
  const bool is_explicit = random_.OneIn(2) || flag == KeyFlag::kDeleteVersion;
  if (flag == KeyFlag::kDeleteRow) {
    markers.push_back(Delete(flag, row, model::FamilyId(), ""));
  } else {
    for (const char* family : kFamilies) markers.push_back(Delete(flag, row, table_.family(family), "q"));
  }
  for (model::Cell& marker : markers) {
    if (is_explicit) marker.timestamp = kTimestamp;
  }
  return markers;
}

Task<void> DeleteWorkload::DeleteSome(SimClient* client, SimWriter* writer, std::vector<std::string> rows) {
  std::vector<std::string> deleted;
  std::vector<model::Cell> cells;
  for (const std::string& row : rows) {
    if (random_.OneIn(3)) continue;
    deleted.push_back(row);
    rows_[row] = State::kUnknown;
    for (model::Cell& marker : MarkersFor(row)) cells.push_back(std::move(marker));
  }
  if (cells.empty()) co_return;
  co_await common::SleepFor(client->node(), DrawPause());
  const Status status = co_await writer->Write(table_, std::move(cells), DrawPatience());
  CountOperation();
  if (!status.ok()) co_return;
  for (const std::string& row : deleted) rows_[row] = State::kDeleted;
}

Task<void> DeleteWorkload::Watch(SimClient* client) {
  for (int i = 0; i < kLooks; ++i) {
    co_await Look(client, DrawPatience(), false);
    CountOperation();
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

Task<void> DeleteWorkload::Look(SimClient* client, Nanos patience, bool must_succeed) {
  const std::map<std::string, State> before = rows_;
  const auto cells = co_await client->Scan(table_, model::ScanSpec(), patience);
  if (!cells.ok()) {
    if (must_succeed) Violate("the last scan: " + cells.status().ToString());
    co_return;
  }
  std::map<std::string, int> found;
  std::string last;
  for (const model::Cell& cell : *cells) {
    if (cell.value != cell.row) Violate("wrong bytes: " + cell.ToString());
    if (cell.row < last) Violate("out of order: " + cell.ToString());
    last = cell.row;
    ++found[cell.row];
  }
  for (const auto& [row, state] : before) {
    const int count = found[row];
    if (state == State::kDeleted && count > 0) Violate("row " + row + " was deleted and is back");
    if (rows_[row] != state) continue;  // somebody began to delete it meanwhile
    if (state == State::kPresent && count == 0) Violate("row " + row + " was acknowledged and is lost");
    if (state == State::kPresent && count == 0) continue;
    if (state == State::kPresent && count != 2) Violate("row " + row + " has " + std::to_string(count) + " cells of 2");
  }
}

Task<void> DeleteWorkload::Verify() {
  co_await Look(clients_.front(), kLongPatience, true);
}

}  // namespace cellar::sim
