#include "tests/differential/differential_run.h"

#include <algorithm>
#include <utility>

#include "client/cpp/index_plan.h"
#include "model/error_codes.h"
#include "model/mutation_evaluator.h"
#include "model/schema_alteration.h"
#include "model/schema_text.h"

namespace cellar::tests {
namespace {

using model::Cell;
using model::ScanSpec;

constexpr const char* kNamespace = "/differential";
constexpr int kTriesAtAMomentOfExpiry = 20;

Status Differs(const std::string& what, const TrackedTable& table, const Path& path) {
  std::string text = path.name() + " on " + table.named().path + ": " + what + "\nschema:\n" +
                     model::SchemaToCreateStatement(table.schema(), "t") + "\nhistory:\n";
  for (const Cell& cell : table.history()) text += cell.ToString() + "\n";
  return common::Corruption(text);
}

std::string Describe(const std::vector<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) text += "  " + cell.ToString() + "\n";
  return text.empty() ? "  nothing\n" : text;
}

/// Of what the answer cannot tell, nothing is expected.
std::vector<Cell> AsTold(std::vector<Cell> cells, const Answer& answer) {
  for (Cell& cell : cells) {
    if (!answer.has_revisions) cell.revision = model::Revision();
    if (!answer.has_flags) cell.flag = model::KeyFlag::kInsert;
  }
  return cells;
}

client::RowCondition NewCondition(RandomCells& dice, const model::Schema& schema, int64_t now) {
  while (true) {
    const Cell cell = dice.NewCell(schema, now);
    if (cell.family == model::FamilyId()) continue;
    const bool is_counter = schema.rules(cell.family).counter;
    const auto expectation = static_cast<client::RowCondition::Expectation>(
        dice.random().Uniform(static_cast<uint64_t>(model::kLargestExpectation) + 1));
    if (is_counter && expectation == client::RowCondition::Expectation::kStartsWith) continue;
    const std::string value = is_counter ? std::to_string(dice.random().Uniform(6)) : cell.value;
    return client::RowCondition(cell.family, cell.qualifier, expectation, value);
  }
}

bool UsesIndex(const model::Schema& schema, const Question& question) {
  return question.rows.empty() &&
         std::any_of(question.meaning.begin(), question.meaning.end(),
                     [&schema](const ScanSpec& spec) { return client::PlanIndexes(schema, spec).has_value(); });
}

/// Those families that could have an index: counters have none.
std::vector<const model::ColumnFamily*> IndexableFamilies(const model::Schema& schema) {
  std::vector<const model::ColumnFamily*> families;
  for (const model::ColumnFamily& family : schema.families()) {
    if (!family.deleted && !schema.rules(family.id).counter) families.push_back(&family);
  }
  return families;
}

/// On a column of some family; most times one that an index serves, if there is any.
model::PredicateTree NewLeaf(RandomCells& dice, const model::Schema& schema,
                             const std::vector<const model::ColumnFamily*>& families) {
  std::vector<std::pair<const model::ColumnFamily*, model::IndexKind>> served;
  for (const model::ColumnFamily* family : families) {
    for (const model::IndexKind kind : model::kIndexKinds) {
      if (schema.is_index_complete(family->id, kind)) served.emplace_back(family, kind);
    }
  }
  if (served.empty() || dice.random().OneIn(4)) {
    const model::ColumnFamily& family = *families[dice.random().Uniform(families.size())];
    return model::PredicateTree(dice.NewPredicate(family.name, dice.random().OneIn(2)));
  }
  const auto& [family, kind] = served[dice.random().Uniform(served.size())];
  return model::PredicateTree(dice.NewPredicate(family->name, kind == model::IndexKind::kValue));
}

/// One predicate, or two that are joined.
void AskByIndex(RandomCells& dice, const model::Schema& schema, ScanSpec* spec) {
  const std::vector<const model::ColumnFamily*> families = IndexableFamilies(schema);
  if (families.empty()) return;
  spec->cell_intervals.clear();
  spec->predicates = NewLeaf(dice, schema, families);
  if (dice.random().OneIn(2)) {
    using Kind = model::PredicateTree::Kind;
    std::vector<model::PredicateTree> leaves = {spec->predicates, NewLeaf(dice, schema, families)};
    spec->predicates = model::PredicateTree(dice.random().OneIn(2) ? Kind::kAnd : Kind::kOr, std::move(leaves));
  }
}

}  // namespace

Status DifferentialRun::Run(const std::function<void(const DifferentialCounts&)>& progress) {
  RETURN_IF_ERROR(seams_.other.CreateNamespace(kNamespace, /*if_not_exists=*/true));
  for (uint64_t seed = options_.seed; counts_.specs < options_.spec_count || counts_.mutations < options_.spec_count;
       ++seed) {
    is_restart_due_ = options_.worlds_per_restart != 0 && counts_.worlds % options_.worlds_per_restart == 0;
    RETURN_IF_ERROR(RunWorld(seed).WithContext("world of seed " + std::to_string(seed)));
    ++counts_.worlds;
    progress(counts_);
  }
  return common::OkStatus();
}

Status DifferentialRun::RunWorld(uint64_t seed) {
  RandomCells dice(seed);
  RETURN_IF_ERROR(MakeTables(seed, dice));
  const uint64_t goal = counts_.mutations + options_.mutations_per_world;
  while (counts_.mutations < goal) {
    const uint64_t before = counts_.mutations;
    RETURN_IF_ERROR(WriteSome(dice));
    RETURN_IF_ERROR(Disturb(dice));
    for (uint64_t i = before; i < counts_.mutations; ++i) RETURN_IF_ERROR(AskSome(dice));
  }
  return DropTables();
}

Status DifferentialRun::MakeTables(uint64_t seed, RandomCells& dice) {
  static constexpr const char* kCodecs[] = {"none", "snappy", "lz4", "zlib", "zstd"};
  model::SchemaDefinition definition = dice.NewSchema().definition();
  for (model::AccessGroup& group : definition.groups) {
    group.options.compressor = kCodecs[dice.random().Uniform(std::size(kCodecs))];
    group.options.block_size_bytes = static_cast<uint32_t>(1024 + dice.random().Uniform(4096));
  }
  const bool has_indexes = dice.random().OneIn(2);
  for (model::ColumnFamily& family : definition.families) {
    if (!has_indexes || family.options.counter.value_or(false)) continue;
    family.value_index = dice.random().OneIn(2);
    family.qualifier_index = dice.random().OneIn(2);
  }
  // Most need not wait for a disk: a process that is killed loses none of it.
  definition.durability = dice.random().OneIn(4) ? model::Durability::kSync : model::Durability::kFlush;
  tables_.clear();
  for (size_t i = 0; i < seams_.paths.size(); ++i) {
    NamedTable table;
    table.path = std::string(kNamespace) + "/t" + std::to_string(seed) + "_" + std::to_string(i);
    RETURN_IF_ERROR(seams_.other.DropTable(table.path, /*if_exists=*/true));
    RETURN_IF_ERROR(seams_.other.CreateTable(table.path, definition));
    ASSIGN_OR_RETURN(const auto opened, seams_.other.OpenTable(table.path));
    table.schema = opened->schema();
    tables_.emplace_back(std::move(table), opened);
  }
  return common::OkStatus();
}

Status DifferentialRun::DropTables() {
  for (const TrackedTable& table : tables_) {
    for (Path* path : seams_.paths) path->Forget(table.named());
    RETURN_IF_ERROR(seams_.other.DropTable(table.named().path));
  }
  return common::OkStatus();
}

// ---- Writing

Status DifferentialRun::WriteSome(RandomCells& dice) {
  Random& random = dice.random();
  const model::Schema& schema = tables_.front().schema();
  std::vector<Cell> cells;
  const uint64_t cell_count = 1 + random.Uniform(10);
  for (uint64_t i = 0; i < cell_count; ++i) cells.push_back(dice.NewCell(schema, seams_.clock.WallNow()));
  const bool is_conditional = random.OneIn(4);
  std::vector<client::RowCondition> conditions;
  if (is_conditional) {
    for (Cell& cell : cells) cell.row = cells.front().row;
    const uint64_t condition_count = random.Uniform(3);
    for (uint64_t i = 0; i < condition_count; ++i) {
      conditions.push_back(NewCondition(dice, schema, seams_.clock.WallNow()));
    }
    ++counts_.conditional;
  }
  for (size_t i = 0; i < tables_.size(); ++i) {
    if (is_conditional) {
      RETURN_IF_ERROR(MutateOn(tables_[i], *seams_.paths[i], conditions, cells));
    } else {
      RETURN_IF_ERROR(WriteTo(tables_[i], *seams_.paths[i], cells, random));
    }
  }
  counts_.mutations += cells.size();
  return common::OkStatus();
}

Status DifferentialRun::WriteTo(TrackedTable& table, Path& path, const std::vector<Cell>& cells, Random& random) {
  RETURN_IF_ERROR(path.Write(table.named(), cells, random).WithContext(path.name() + " writes"));
  ScanSpec stored;
  stored.return_deletes = true;
  for (const Cell& cell : cells) stored.row_intervals.push_back(model::RowInterval::Row(cell.row));
  ASSIGN_OR_RETURN(const std::vector<Cell> found, table.look().ScanAll(stored));
  const Status added = table.AddAsStored(cells, found, seams_.clock.WallNow());
  if (added.ok()) return added;
  return Differs(added.ToString() + "\nwritten:\n" + Describe(cells) + "stored:\n" + Describe(found), table, path);
}

Status DifferentialRun::MutateOn(TrackedTable& table, Path& path, const std::vector<client::RowCondition>& conditions,
                                 const std::vector<Cell>& cells) {
  const Nanos before = seams_.clock.WallNow();
  auto answer = path.Mutate(table.named(), conditions, cells);
  RETURN_IF_ERROR(answer.status().WithContext(path.name() + " mutates a row"));
  const Nanos after = seams_.clock.WallNow();
  const model::Revision base(answer->revision.value_or(std::max(table.last_revision().get() + 1, before)));
  for (const Nanos now : {before, after}) {
    ASSIGN_OR_RETURN(const model::EvaluatedMutation expected,
                     model::EvaluateMutation(table.schema(), table.history(), conditions, cells, base, now));
    const bool same_failure = expected.failed.empty()
                                  ? !answer->failed
                                  : answer->failed && *answer->failed == expected.failed.front().index &&
                                        answer->found == expected.failed.front().value;
    if (answer->applied != expected.failed.empty() || !same_failure) continue;
    if (answer->applied) table.Add(cells, base);
    return common::OkStatus();
  }
  return Differs("a conditional mutation is answered otherwise: " + std::string(answer->applied ? "" : "not ") +
                     "applied\ncells:\n" + Describe(cells),
                 table, path);
}

// ---- Reading

Status DifferentialRun::AskSome(RandomCells& dice) {
  Random& random = dice.random();
  ScanSpec spec = dice.NewSpec(tables_.front().schema(), seams_.clock.WallNow());
  if (random.OneIn(40)) spec.columns.emplace_back("none");
  const bool wants_deletes = random.OneIn(6);
  if (random.OneIn(3)) AskByIndex(dice, tables_.front().schema(), &spec);
  for (Path* path : seams_.paths) {
    TrackedTable& table = tables_[random.Uniform(tables_.size())];
    spec.return_deletes = wants_deletes && !table.was_compacted();
    RETURN_IF_ERROR(Compare(table, *path, path->Choose(table.named(), spec, random)));
  }
  ++counts_.specs;
  return common::OkStatus();
}

/// A version may expire between the two moments that the answer was taken between: then it is asked once more.
Status DifferentialRun::Compare(TrackedTable& table, Path& path, const Question& question) {
  std::string difference;
  for (int i = 0; i < kTriesAtAMomentOfExpiry; ++i) {
    const Nanos before = seams_.clock.WallNow();
    const auto answer = path.Ask(table.named(), question);
    const auto expected = table.Expected(question.meaning, before);
    const Nanos after = seams_.clock.WallNow();
    const int32_t refusal = question.is_refused ? model::kBadScanSpec : expected.status().detail();
    if (refusal != 0 && answer.status().detail() == refusal) {
      ++counts_.refusals;
      return common::OkStatus();
    }
    const std::string head = question.way + ", asked for " + model::QuoteBytes(question.spec.Encode());
    if (!answer.ok() || refusal != 0) {
      return Differs(head + "\nanswered: " + answer.status().ToString() + ", expected: " + std::to_string(refusal),
                     table, path);
    }
    const std::vector<Cell> told = AsTold(*expected, *answer);
    if (told == AsTold(answer->cells, *answer)) {
      counts_.cells += told.size();
      if (UsesIndex(table.schema(), question)) ++counts_.by_index;
      return common::OkStatus();
    }
    difference = head + "\nfound:\n" + Describe(answer->cells) + "expected:\n" + Describe(told);
    const auto later = table.Expected(question.meaning, after);
    if (*expected == *later) break;
  }
  return Differs(difference, table, path);
}

// ---- What else happens

Status DifferentialRun::Disturb(RandomCells& dice) {
  Random& random = dice.random();
  if (random.OneIn(12)) {
    TrackedTable& table = tables_[random.Uniform(tables_.size())];
    table.set_compacted();
    const auto type = static_cast<client::CompactionType>(random.Uniform(4));
    RETURN_IF_ERROR(seams_.other.CompactTable(table.named().path, type, nullptr, /*wait=*/true).status());
    ++counts_.compactions;
  }
  if (random.OneIn(40)) RETURN_IF_ERROR(Alter(dice));
  if (random.OneIn(20)) RETURN_IF_ERROR(AlterIndexes(dice));
  if (is_restart_due_ && random.OneIn(10)) {
    is_restart_due_ = false;
    for (TrackedTable& table : tables_) table.set_compacted();
    RETURN_IF_ERROR(seams_.restart());
    ++counts_.restarts;
  }
  return common::OkStatus();
}

/// Adds a family, renames one, or drops one as long as two are left; of all tables in the same way.
Status DifferentialRun::Alter(RandomCells& dice) {
  Random& random = dice.random();
  std::vector<std::string> names;
  for (const model::ColumnFamily& family : tables_.front().schema().families()) {
    if (!family.deleted) names.push_back(family.name);
  }
  const std::string name = "f" + std::to_string(counts_.alters);
  model::SchemaAlteration alteration = model::RenameFamily{names[random.Uniform(names.size())], name};
  const uint64_t kind = random.Uniform(3);
  if (kind == 0) {
    model::AddToSchema add;
    model::ColumnFamily& family = add.families.emplace_back();
    family.name = name;
    family.options.time_order_desc = random.OneIn(2);
    if (random.OneIn(2)) family.options.max_versions = 2;
    family.value_index = random.OneIn(3);
    family.qualifier_index = random.OneIn(3);
    alteration = add;
  } else if (kind == 1 && names.size() > 2) {
    alteration = model::DropFamilies{{names[random.Uniform(names.size())]}};
  }
  for (TrackedTable& table : tables_) {
    RETURN_IF_ERROR(seams_.other.AlterTable(table.named().path, {alteration}));
    RETURN_IF_ERROR(LookAtSchema(table));
  }
  ++counts_.alters;
  return common::OkStatus();
}

Status DifferentialRun::LookAtSchema(TrackedTable& table) {
  ASSIGN_OR_RETURN(const auto opened, seams_.other.OpenTable(table.named().path));
  table.set_schema(opened->schema());
  return common::OkStatus();
}

/// Of one table: adds an index of a family or drops it, or makes all anew, as is often needed after something was
/// added.
Status DifferentialRun::AlterIndexes(RandomCells& dice) {
  Random& random = dice.random();
  TrackedTable& table = tables_[random.Uniform(tables_.size())];
  const std::vector<const model::ColumnFamily*> families = IndexableFamilies(table.schema());
  if (families.empty()) return common::OkStatus();
  const model::ColumnFamily& family = *families[random.Uniform(families.size())];
  const model::IndexKind kind = random.OneIn(2) ? model::IndexKind::kValue : model::IndexKind::kQualifier;
  if (!random.OneIn(3)) {
    model::SchemaAlteration alteration;
    if (family.has_index(kind)) {
      alteration = model::DropIndexes{kind == model::IndexKind::kQualifier, {family.name}};
    } else {
      model::AddToSchema add;
      (kind == model::IndexKind::kValue ? add.value_indexes : add.qualifier_indexes).push_back(family.name);
      alteration = std::move(add);
    }
    RETURN_IF_ERROR(seams_.other.AlterTable(table.named().path, {alteration}));
    RETURN_IF_ERROR(LookAtSchema(table));
    ++counts_.index_alters;
  }
  return random.OneIn(3) ? common::OkStatus() : Rebuild(table, random);
}

/// One in four is broken off, which leaves indexes that nobody may use.
Status DifferentialRun::Rebuild(TrackedTable& table, Random& random) {
  std::vector<model::IndexKind> kinds;
  for (const model::IndexKind kind : model::kIndexKinds) {
    if (table.schema().definition().HasIndex(kind) && !random.OneIn(4)) kinds.push_back(kind);
  }
  if (kinds.empty()) return common::OkStatus();
  const bool breaks_off = random.OneIn(4);
  const auto watch = [breaks_off](const client::IndexRebuildProgress&) {
    return breaks_off ? common::Cancelled("broken off") : common::OkStatus();
  };
  const Status rebuilt = seams_.other.RebuildIndexes(table.named().path, std::move(kinds), watch);
  if (!rebuilt.ok() && !(breaks_off && rebuilt.Is(StatusCode::kCancelled))) return rebuilt;
  ++counts_.index_alters;
  return LookAtSchema(table);
}

}  // namespace cellar::tests
