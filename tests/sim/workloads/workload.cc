#include "tests/sim/workloads/workload.h"

namespace cellar::sim {

Task<bool> Workload::MakeTable(SimClient* client, std::string path, model::SchemaDefinition definition,
                               SimTable* table) {
  auto create = [client, &path, &definition] { return client->CreateTable(path, definition, kLongPatience); };
  const Status created = co_await Insist<Status>(&client->node(), &Passes, create);
  if (!created.ok()) Violate("create " + path + ": " + created.ToString());
  if (!created.ok()) co_return false;
  auto open = [client, &path] { return client->OpenTable(path, kLongPatience); };
  auto opened = co_await Insist<Result<SimTable>>(&client->node(), &Passes, open);
  if (!opened.ok()) Violate("open " + path + ": " + opened.status().ToString());
  if (!opened.ok()) co_return false;
  *table = std::move(opened).value();
  co_return true;
}

void AddFamily(model::SchemaDefinition* definition, const std::string& name, const std::string& compressor,
               bool counter) {
  model::AccessGroup group;
  group.name = "group_" + name;
  group.options.compressor = compressor;
  definition->groups.push_back(group);
  model::ColumnFamily family;
  family.name = name;
  family.access_group = group.name;
  if (counter) family.options.counter = true;
  definition->families.push_back(family);
}

}  // namespace cellar::sim
