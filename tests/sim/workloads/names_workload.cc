#include "tests/sim/workloads/names_workload.h"

#include <utility>

#include "common/concurrency/sleep.h"

namespace cellar::sim {

Task<void> NamesWorkload::Begin() {
  SimClient* client = clients_.front();
  auto create = [client] { return client->CreateNamespace("/sim/names", kLongPatience); };
  const Status created = co_await Insist<Status>(&client->node(), &Passes, create);
  if (!created.ok()) Violate("create namespace: " + created.ToString());
  if (created.ok()) SpawnActor(*clients_.back(), Act(clients_.back()));
}

Task<void> NamesWorkload::Act(SimClient* client) {
  for (int step = 0; step < kSteps; ++step) {
    const size_t which = random_.Uniform(kNames);
    bool right = false;
    if (random_.OneIn(4)) {
      right = co_await Look(client, which);
    } else if (names_[which].exists) {
      right = co_await Change(client, which);
    } else {
      right = co_await Create(client, which);
    }
    if (!right) co_return;
    CountOperation();
    co_await common::SleepFor(client->node(), 2 * DrawPause());
  }
}

Task<Result<std::vector<model::Cell>>> NamesWorkload::ReadAll(SimClient* client, SimTable table) {
  auto scan = [client, &table] { return client->Scan(table, model::ScanSpec(), kLongPatience); };
  co_return co_await Insist<Result<std::vector<model::Cell>>>(&client->node(), &Passes, scan);
}

Task<bool> NamesWorkload::Create(SimClient* client, size_t which) {
  model::SchemaDefinition definition;
  AddFamily(&definition, "f", "lz4");
  SimTable table;
  const bool made = co_await MakeTable(client, PathOf(which), std::move(definition), &table);
  if (!made) co_return false;
  names_[which] = Named{true, 0};
  const auto cells = co_await ReadAll(client, table);
  if (!cells.ok()) Violate(PathOf(which) + " was made and cannot be read: " + cells.status().ToString());
  if (cells.ok() && !cells->empty()) Violate(PathOf(which) + " is new and holds " + cells->front().ToString());
  if (!cells.ok() || !cells->empty()) co_return false;
  SimWriter writer(*client);
  std::vector<model::Cell> written(1, Insert("row", table.family("f"), "", "value"));
  auto write = [&writer, &table, &written] { return writer.Write(table, written, kLongPatience); };
  const Status status = co_await Insist<Status>(&client->node(), &Passes, write);
  if (!status.ok()) Violate("write to " + PathOf(which) + ": " + status.ToString());
  co_return status.ok();
}

/// Something that is done to a table that is there.
Task<bool> NamesWorkload::Change(SimClient* client, size_t which) {
  const size_t other = (which + 1) % kNames;
  switch (random_.Uniform(6)) {
    case 0:
      if (!names_[other].exists) co_return co_await Rename(client, which, other);
      break;
    case 1:
    case 2:
      co_return co_await Alter(client, which);
    case 3:
      co_return co_await MakeAndDropNamespace(client);
    case 4:
      co_return co_await LeaveWritable(client);
    default:
      break;
  }
  co_return co_await Drop(client, which);
}

Task<bool> NamesWorkload::Rename(SimClient* client, size_t which, size_t to) {
  auto rename = [client, which, to] { return client->RenameTable(PathOf(which), PathOf(to), kLongPatience); };
  const Status renamed = co_await Insist<Status>(&client->node(), &Passes, rename);
  if (!renamed.ok()) Violate("rename " + PathOf(which) + ": " + renamed.ToString());
  names_[to] = std::exchange(names_[which], Named());
  co_return renamed.ok();
}

Task<bool> NamesWorkload::Alter(SimClient* client, size_t which) {
  auto open = [client, which] { return client->OpenTable(PathOf(which), kLongPatience); };
  const auto table = co_await Insist<Result<SimTable>>(&client->node(), &Passes, open);
  if (!table.ok()) Violate("open " + PathOf(which) + ": " + table.status().ToString());
  if (!table.ok()) co_return false;
  model::ColumnFamily family;
  family.name = "added" + std::to_string(++names_[which].added_families);
  model::AddToSchema add;
  add.families.push_back(std::move(family));
  auto alter = [client, &table, &add] { return client->AlterTable(*table, add, kLongPatience); };
  const Status altered = co_await Insist<Status>(&client->node(), &Passes, alter);
  if (!altered.ok()) Violate("alter " + PathOf(which) + ": " + altered.ToString());
  co_return altered.ok();
}

Task<bool> NamesWorkload::MakeAndDropNamespace(SimClient* client) {
  auto create = [client] { return client->CreateNamespace("/sim/names/inner", kLongPatience); };
  Status status = co_await Insist<Status>(&client->node(), &Passes, create);
  if (!status.ok()) Violate("create namespace: " + status.ToString());
  if (!status.ok()) co_return false;
  auto drop = [client] { return client->DropNamespace("/sim/names/inner", kLongPatience); };
  status = co_await Insist<Status>(&client->node(), &Passes, drop);
  if (!status.ok()) Violate("drop namespace: " + status.ToString());
  co_return status.ok();
}

/// SET READONLY=false, of a cluster that others write to: every server is told all the same.
Task<bool> NamesWorkload::LeaveWritable(SimClient* client) {
  auto set = [client] { return client->SetReadOnly(false, kLongPatience); };
  const Status status = co_await Insist<Status>(&client->node(), &Passes, set);
  if (!status.ok()) Violate("SET READONLY=false: " + status.ToString());
  co_return status.ok();
}

Task<bool> NamesWorkload::Drop(SimClient* client, size_t which) {
  auto drop = [client, which] { return client->DropTable(PathOf(which), kLongPatience); };
  const Status dropped = co_await Insist<Status>(&client->node(), &Passes, drop);
  if (!dropped.ok()) Violate("drop " + PathOf(which) + ": " + dropped.ToString());
  names_[which] = Named();
  co_return dropped.ok();
}

Task<bool> NamesWorkload::Look(SimClient* client, size_t which) {
  auto open = [client, which] { return client->OpenTable(PathOf(which), kLongPatience); };
  auto table = co_await Insist<Result<SimTable>>(&client->node(), &Passes, open);
  const bool is_there = table.ok();
  if (!is_there && !table.status().Is(StatusCode::kNotFound)) {
    Violate("open " + PathOf(which) + ": " + table.status().ToString());
    co_return false;
  }
  if (is_there != names_[which].exists) {
    Violate(PathOf(which) + (is_there ? " was dropped and is there" : " was made and is gone"));
    co_return false;
  }
  if (!is_there) co_return true;
  const size_t families = static_cast<size_t>(1 + names_[which].added_families);
  if (table->schema->families().size() != families) {
    Violate(PathOf(which) + " has " + std::to_string(table->schema->families().size()) + " column families of " +
            std::to_string(families));
    co_return false;
  }
  const auto cells = co_await ReadAll(client, *table);
  if (!cells.ok()) Violate("scan of " + PathOf(which) + ": " + cells.status().ToString());
  if (cells.ok() && cells->size() != 1)
    Violate(PathOf(which) + " holds " + std::to_string(cells->size()) + " cells of 1");
  co_return cells.ok() && cells->size() == 1;
}

Task<void> NamesWorkload::Verify() {
  for (size_t which = 0; which < kNames; ++which) {
    const bool right = co_await Look(clients_.front(), which);
    if (!right) co_return;
  }
}

}  // namespace cellar::sim
