#include "tests/sim/workloads/index_workload.h"

#include <utility>

#include "client/cpp/index_plan.h"
#include "common/concurrency/sleep.h"

namespace cellar::sim {
namespace {

constexpr const char* kPath = "/sim/indexes";
constexpr const char* kQualifiers[] = {"left", "right"};
constexpr const char* kValues[] = {"red", "green", "reddish"};

using Predicate = model::ColumnPredicate;

/// Whether a row with this content, "qualifier=value", meets the predicate.
bool Meets(const std::string& content, const Predicate& predicate) {
  const size_t sign = content.find('=');
  if (sign == std::string::npos) return false;
  const std::string qualifier = content.substr(0, sign);
  const std::string value = content.substr(sign + 1);
  const bool names_it =
      predicate.qualifier.kind == model::QualifierMatch::Kind::kAny || predicate.qualifier.text == qualifier;
  if (predicate.value == Predicate::Value::kExact) return names_it && value == predicate.text;
  if (predicate.value == Predicate::Value::kPrefix) return names_it && value.starts_with(predicate.text);
  return names_it;
}

bool IsStale(const Status& status) {
  return status.Is(StatusCode::kStaleSchema);
}

}  // namespace

Task<void> IndexWorkload::Begin() {
  model::SchemaDefinition definition;
  AddFamily(&definition, "f", "lz4");
  definition.families[0].options.max_versions = 1;
  definition.families[0].value_index = true;
  definition.families[0].qualifier_index = true;
  SimTable table;
  const bool made = co_await MakeTable(clients_.front(), kPath, std::move(definition), &table);
  if (!made) co_return;
  for (SimClient* client : clients_) {
    SpawnActor(*client, WriteRows(client, client->node().name()));
    SpawnActor(*client, Ask(client));
  }
  SpawnActor(*clients_.back(), Alter(clients_.back()));
}

Task<Result<SimTable>> IndexWorkload::Open(SimClient* client, Nanos patience) {
  auto open = [client, patience] { return client->OpenTable(kPath, patience); };
  co_return co_await Insist<Result<SimTable>>(&client->node(), &Passes, open);
}

/// Most times the table as the client opened it some time ago.
Task<Result<SimTable>> IndexWorkload::OpenOrKeep(SimClient* client) {
  const auto kept = opened_.find(client->node().name());
  if (kept != opened_.end() && !random_.OneIn(6)) co_return kept->second;
  CO_TRY(SimTable table, co_await Open(client, kLongPatience));
  opened_[client->node().name()] = table;
  co_return std::move(table);
}

Task<Status> IndexWorkload::WriteRow(SimClient* client, SimWriter* writer, std::string key, std::string content,
                                     Nanos patience) {
  CO_TRY(const SimTable table, co_await OpenOrKeep(client));
  std::vector<model::Cell> cells(1, Delete(model::KeyFlag::kDeleteRow, key, model::FamilyId(), ""));
  if (const size_t sign = content.find('='); sign != std::string::npos) {
    cells.push_back(Insert(key, table.family("f"), content.substr(0, sign), content.substr(sign + 1)));
  }
  if (writer != nullptr) co_return co_await writer->Write(table, std::move(cells), patience);
  const auto outcome = co_await client->Mutate(table, std::vector<client::RowCondition>(), std::move(cells), patience);
  co_return outcome.status();
}

Task<void> IndexWorkload::WriteRows(SimClient* client, std::string prefix) {
  SimWriter writer(*client);
  for (int i = 0; i < kWrites; ++i) {
    const std::string key = prefix + "/" + std::to_string(random_.Uniform(kRowsOfActor));
    std::string content;
    if (!random_.OneIn(6)) content = std::string(kQualifiers[random_.Uniform(2)]) + "=" + kValues[random_.Uniform(3)];
    Row& row = rows_[key];
    ++row.changes;
    row.busy = true;
    const Nanos patience = DrawPatience();
    SimWriter* const by = random_.OneIn(3) ? nullptr : &writer;
    const Status status = co_await WriteRow(client, by, key, content, patience);
    if (status.ok()) {
      row.possible = {content};
    } else if (status.Is(StatusCode::kTimedOut)) {
      // What may still be on its way has no effect after its expiry and the bound of the clocks.
      row.possible.insert(content);
      co_await common::SleepFor(client->node(), patience + 2 * kSecond);
    }
    row.busy = false;
    CountOperation();
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

model::ScanSpec IndexWorkload::NewSpec() {
  Predicate predicate;
  predicate.family = "f";
  if (random_.OneIn(2)) {
    predicate.qualifier = model::QualifierMatch(model::QualifierMatch::Kind::kExact, kQualifiers[random_.Uniform(2)]);
  }
  const Predicate::Value kinds[] = {Predicate::Value::kExists, Predicate::Value::kExact, Predicate::Value::kPrefix};
  predicate.value = kinds[random_.Uniform(3)];
  if (predicate.value != Predicate::Value::kExists) predicate.text = kValues[random_.Uniform(3)];
  model::ScanSpec spec;
  spec.predicates = model::PredicateTree(std::move(predicate));
  return spec;
}

/// False: try again, with the table opened anew.
Task<bool> IndexWorkload::Look(SimClient* client, Nanos patience, bool must_succeed) {
  if (must_succeed) opened_.clear();
  const auto table = co_await OpenOrKeep(client);
  if (!table.ok()) {
    if (must_succeed) Violate("open: " + table.status().ToString());
    co_return true;
  }
  const model::ScanSpec spec = NewSpec();
  const std::map<std::string, Row> before = rows_;
  auto scan = [client, &table, &spec, patience] { return client->Scan(*table, spec, patience); };
  Result<std::vector<model::Cell>> cells = common::Cancelled("not asked");
  if (must_succeed) {
    cells = co_await Insist<Result<std::vector<model::Cell>>>(&client->node(), &Passes, scan);
  } else {
    cells = co_await scan();
  }
  if (cells.ok()) {
    Check(spec, before, *cells);
  } else if (must_succeed && !IsStale(cells.status())) {
    Violate("the last look: " + cells.status().ToString());
  }
  co_return !must_succeed || !IsStale(cells.status());
}

void IndexWorkload::Check(const model::ScanSpec& spec, const std::map<std::string, Row>& before,
                          const std::vector<model::Cell>& cells) {
  std::map<std::string, std::string> found;
  for (const model::Cell& cell : cells) {
    if (found.contains(cell.row)) Violate("row " + cell.row + " is there twice, or with two cells");
    found[cell.row] = cell.qualifier + "=" + cell.value;
  }
  for (const auto& [key, row] : before) {
    const Row& now = rows_[key];
    if (row.busy || now.busy || now.changes != row.changes || now.possible.size() != 1) continue;
    const std::string& content = *now.possible.begin();
    const bool wanted = Meets(content, spec.predicates.leaf);
    const auto seen = found.find(key);
    if (wanted == (seen != found.end()) && (!wanted || seen->second == content)) continue;
    Violate("row " + key + " holds '" + content + "' and was " +
            (seen == found.end() ? "not found" : "found with '" + seen->second + "'") + " by " +
            spec.predicates.leaf.text + " " + spec.predicates.leaf.qualifier.text);
  }
}

Task<void> IndexWorkload::Ask(SimClient* client) {
  for (int i = 0; i < kLooks; ++i) {
    static_cast<void>(co_await Look(client, DrawPatience(), false));
    CountOperation();
    co_await common::SleepFor(client->node(), 2 * DrawPause());
  }
}

/// Drops an index or adds one that is not there, and rebuilds what was added; whatever comes of it.
Task<bool> IndexWorkload::AlterOnce(SimClient* client, SimTable table) {
  const bool qualifier = random_.OneIn(2);
  const model::IndexKind kind = qualifier ? model::IndexKind::kQualifier : model::IndexKind::kValue;
  const bool has_index = table.schema->FindFamily("f")->has_index(kind);
  if (random_.OneIn(2) && has_index) {
    const Status rebuilt = co_await client->RebuildIndexes(kPath, DrawPatience());
    co_return rebuilt.ok();
  }
  model::SchemaAlteration alteration;
  if (has_index) {
    model::DropIndexes drop;
    drop.qualifier = qualifier;
    drop.names.emplace_back("f");
    alteration = std::move(drop);
  } else {
    model::AddToSchema add;
    (qualifier ? add.qualifier_indexes : add.value_indexes).emplace_back("f");
    alteration = std::move(add);
  }
  const Status altered = co_await client->AlterTable(std::move(table), std::move(alteration), DrawPatience());
  co_return altered.ok();
}

Task<void> IndexWorkload::Alter(SimClient* client) {
  for (int i = 0; i < kAlterations; ++i) {
    const auto table = co_await Open(client, kLongPatience);
    if (table.ok()) static_cast<void>(co_await AlterOnce(client, *table));
    const auto altered = co_await Open(client, kLongPatience);
    const bool building = altered.ok() && (altered->schema->FindFamily("f")->value_index_building ||
                                           altered->schema->FindFamily("f")->qualifier_index_building);
    if (building) static_cast<void>(co_await client->RebuildIndexes(kPath, DrawPatience()));
    CountOperation();
    co_await common::SleepFor(client->node(), 4 * DrawPause());
  }
}

/// In the end both indexes are there and complete, whatever became of the alterations.
Task<void> IndexWorkload::Verify() {
  SimClient* client = clients_.front();
  const auto table = co_await Open(client, kLongPatience);
  if (!table.ok()) Violate("open: " + table.status().ToString());
  if (!table.ok()) co_return;
  model::AddToSchema add;
  if (!table->schema->FindFamily("f")->value_index) add.value_indexes.emplace_back("f");
  if (!table->schema->FindFamily("f")->qualifier_index) add.qualifier_indexes.emplace_back("f");
  if (!add.value_indexes.empty() || !add.qualifier_indexes.empty()) {
    auto alter = [client, &table, &add] { return client->AlterTable(*table, add, kLongPatience); };
    const Status added = co_await Insist<Status>(&client->node(), &Passes, alter);
    if (!added.ok()) Violate("an index cannot be added: " + added.ToString());
  }
  auto rebuild = [client] { return client->RebuildIndexes(kPath, kLongPatience); };
  const auto opened = co_await Open(client, kLongPatience);
  const bool building = opened.ok() && (opened->schema->FindFamily("f")->value_index_building ||
                                        opened->schema->FindFamily("f")->qualifier_index_building);
  if (building) {
    const Status rebuilt = co_await Insist<Status>(&client->node(), &Passes, rebuild);
    if (!rebuilt.ok()) Violate("the indexes cannot be rebuilt: " + rebuilt.ToString());
  }
  const auto complete = co_await Open(client, kLongPatience);
  for (int i = 0; i < 20 && complete.ok(); ++i) {
    if (!client::PlanIndexes(*complete->schema, NewSpec())) Violate("an index is not in use in the end");
    const bool looked = co_await Look(client, kLongPatience, true);
    if (!looked) Violate("the schema changes after everybody is done");
  }
}

}  // namespace cellar::sim
