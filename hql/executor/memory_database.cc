#include "hql/executor/memory_database.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "hql/error_codes.h"
#include "model/error_codes.h"
#include "model/evaluator.h"
#include "model/mutation_evaluator.h"
#include "model/pseudo_table.h"

namespace cellar::hql {

namespace {

constexpr int32_t kDirectoryNotEmpty = 0x30013;
constexpr int32_t kInvalidOperation = 57;

std::string ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

/// The name of `path` right below `parent`; empty when it is not there.
std::string_view NameBelow(std::string_view path, std::string_view parent) {
  if (path == "/" || ParentOf(path) != parent) return {};
  return path.substr(path.rfind('/') + 1);
}

Status CheckWritable(bool read_only) {
  if (!read_only) return Status();
  return common::Conflict(std::string(client::kReadOnlyProblem)).WithDetail(model::kReadOnly);
}

Status CheckNoIndexTable(std::string_view path) {
  if (!path.substr(path.rfind('/') + 1).starts_with('^')) return Status();
  return common::InvalidArgument("index tables are made, changed and dropped with their table: " + std::string(path))
      .WithDetail(kBadTableName);
}

class MemoryScanner final : public CellScanner {
 public:
  MemoryScanner(std::vector<model::Cell> cells, std::shared_ptr<const model::Schema> schema)
      : cells_(std::move(cells)), schema_(std::move(schema)) {}

  bool Next(model::CellView* cell) override {
    if (cancelled_) status_ = common::Cancelled("scan cancelled");
    if (!status_.ok() || next_ == cells_.size()) return false;
    *cell = cells_[next_++].view();
    return true;
  }
  Status status() const override { return status_; }
  const model::Schema& schema() const override { return *schema_; }
  void Cancel() override { cancelled_ = true; }

 private:
  const std::vector<model::Cell> cells_;
  const std::shared_ptr<const model::Schema> schema_;
  size_t next_ = 0;
  std::atomic<bool> cancelled_ = false;
  Status status_;
};

class MemoryWriter final : public CellWriter {
 public:
  MemoryWriter(std::shared_ptr<MemoryDatabase::Table> table, const Clock& clock, int64_t& last_revision,
               const bool& read_only)
      : table_(std::move(table)), clock_(clock), last_revision_(last_revision), read_only_(read_only) {}

  Status Set(const model::CellView& cell) override {
    if (model::IsPseudo(*table_->schema)) return model::PseudoTableIsReadOnly();
    buffered_.emplace_back(cell);
    ++counts_.set;
    return Status();
  }

  void Cancel() override {}
  client::MutatorCounts counts() const override { return counts_; }

  Status Flush() override {
    const std::vector<model::Cell> buffered = std::exchange(buffered_, {});
    if (!buffered.empty()) RETURN_IF_ERROR(CheckWritable(read_only_));
    for (model::Cell cell : buffered) {
      last_revision_ = std::max(last_revision_ + 1, clock_.WallNow());
      cell.revision = model::Revision{last_revision_};
      if (cell.timestamp == model::kAutomaticTimestamp) cell.timestamp = last_revision_;
      table_->history.push_back(std::move(cell));
      ++counts_.acknowledged;
    }
    return Status();
  }

 private:
  const std::shared_ptr<MemoryDatabase::Table> table_;
  const Clock& clock_;
  int64_t& last_revision_;
  const bool& read_only_;
  std::vector<model::Cell> buffered_;
  client::MutatorCounts counts_;
};

class MemoryTable final : public DatabaseTable {
 public:
  MemoryTable(std::shared_ptr<MemoryDatabase::Table> table, const Clock& clock, int64_t& last_revision,
              const bool& read_only)
      : table_(std::move(table)),
        schema_(table_->schema),
        clock_(clock),
        last_revision_(last_revision),
        read_only_(read_only) {}

  const model::Schema& schema() const override { return *schema_; }
  std::unique_ptr<CellWriter> NewWriter(std::optional<model::Durability>) override {
    return std::make_unique<MemoryWriter>(table_, clock_, last_revision_, read_only_);
  }
  Result<client::Explanation> Explain(model::ScanSpec spec) override {
    if (model::IsPseudo(*schema_)) {
      return common::InvalidArgument("a pseudo-table is read by scans only").WithDetail(model::kUnsupportedOperation);
    }
    RETURN_IF_ERROR(model::Evaluate(*schema_, {}, spec, model::Revision(), 0).status());
    client::Explanation explanation;
    explanation.ranges.emplace_back().server = "memory";
    return explanation;
  }
  Result<std::shared_ptr<CellScanner>> NewScanner(model::ScanSpec spec, bool) override {
    ASSIGN_OR_RETURN(
        std::vector<model::Cell> cells,
        model::Evaluate(*schema_, table_->history, spec, model::Revision{last_revision_}, clock_.WallNow()));
    return std::shared_ptr<CellScanner>(std::make_shared<MemoryScanner>(std::move(cells), schema_));
  }

  Result<client::RowMutationOutcome> Mutate(const client::RowMutation& mutation) override {
    ASSIGN_OR_RETURN(const auto conditions, mutation.ConditionsFor(*schema_));
    ASSIGN_OR_RETURN(std::vector<model::Cell> cells, mutation.CellsFor(*schema_));
    RETURN_IF_ERROR(CheckWritable(read_only_));
    const Nanos now = clock_.WallNow();
    client::RowMutationOutcome outcome;
    outcome.revision = model::Revision{std::max(last_revision_ + 1, now)};
    ASSIGN_OR_RETURN(auto evaluated, model::EvaluateMutation(*schema_, table_->history, conditions, std::move(cells),
                                                             outcome.revision, now));
    outcome.applied = evaluated.failed.empty();
    outcome.failed = std::move(evaluated.failed);
    outcome.counters = std::move(evaluated.counters);
    for (model::Cell& cell : evaluated.written) {
      last_revision_ = cell.revision.get();
      table_->history.push_back(std::move(cell));
    }
    return outcome;
  }

 private:
  const std::shared_ptr<MemoryDatabase::Table> table_;
  const std::shared_ptr<const model::Schema> schema_;
  const Clock& clock_;
  int64_t& last_revision_;
  const bool& read_only_;
};

}  // namespace

Status MemoryDatabase::CheckParent(std::string_view path) const {
  if (namespaces_.contains(ParentOf(path))) return Status();
  return common::NotFound("namespace " + ParentOf(path) + " does not exist").WithDetail(kNamespaceNotFound);
}

Result<std::shared_ptr<MemoryDatabase::Table>> MemoryDatabase::Find(std::string_view path) const {
  const auto found = tables_.find(std::string(path));
  if (found != tables_.end()) return found->second;
  return common::NotFound("table " + std::string(path) + " does not exist").WithDetail(kTableNotFound);
}

Status MemoryDatabase::CreateNamespace(std::string_view path, bool if_not_exists) {
  const std::string name(path);
  if (namespaces_.contains(name)) {
    if (if_not_exists) return Status();
    return common::AlreadyExists("namespace " + name + " exists").WithDetail(kNamespaceExists);
  }
  RETURN_IF_ERROR(CheckParent(path));
  if (tables_.contains(name)) {
    return common::AlreadyExists("the name " + name + " is in use by a table").WithDetail(kNameAlreadyInUse);
  }
  namespaces_.insert(name);
  return Status();
}

Status MemoryDatabase::DropNamespace(std::string_view path, bool if_exists) {
  const std::string name(path);
  if (name == "/" || name == "/sys" || name == "/tmp") {
    return common::InvalidArgument(name + " cannot be dropped").WithDetail(kInvalidOperation);
  }
  if (!namespaces_.contains(name)) {
    if (if_exists) return Status();
    return common::NotFound("namespace " + name + " does not exist").WithDetail(kNamespaceNotFound);
  }
  ASSIGN_OR_RETURN(const auto entries, List(path));
  if (!entries.empty()) {
    return common::Conflict("namespace " + name + " is not empty: it holds " + entries.front().name)
        .WithDetail(kDirectoryNotEmpty);
  }
  namespaces_.erase(name);
  return Status();
}

Result<bool> MemoryDatabase::NamespaceExists(std::string_view path) {
  if (tables_.contains(std::string(path))) {
    return common::InvalidArgument(std::string(path) + " is a table, not a namespace").WithDetail(kBadNamespace);
  }
  return namespaces_.contains(std::string(path));
}

Result<std::vector<client::ListingEntry>> MemoryDatabase::List(std::string_view path) {
  if (!namespaces_.contains(std::string(path))) {
    return common::NotFound("namespace " + std::string(path) + " does not exist").WithDetail(kNamespaceNotFound);
  }
  std::vector<client::ListingEntry> entries;
  for (const std::string& name : namespaces_) {
    if (const std::string_view below = NameBelow(name, path); !below.empty()) {
      entries.push_back({std::string(below), true});
    }
  }
  for (const auto& [name, table] : tables_) {
    const std::string_view below = NameBelow(name, path);
    if (below.empty()) continue;
    entries.push_back({std::string(below), false});
    const model::SchemaDefinition& definition = table->schema->definition();
    if (definition.HasIndex(model::IndexKind::kValue)) entries.push_back({"^" + std::string(below), false});
    if (definition.HasIndex(model::IndexKind::kQualifier)) entries.push_back({"^^" + std::string(below), false});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Status MemoryDatabase::CreateTable(std::string_view path, const model::SchemaDefinition& definition) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  const std::string name(path);
  RETURN_IF_ERROR(CheckParent(path));
  if (tables_.contains(name) || namespaces_.contains(name)) {
    return common::AlreadyExists("the name " + name + " is in use").WithDetail(kNameAlreadyInUse);
  }
  ASSIGN_OR_RETURN(model::Schema schema, model::Schema::Create(definition));
  auto table = std::make_shared<Table>();
  table->schema = std::make_shared<const model::Schema>(std::move(schema));
  tables_[name] = std::move(table);
  return Status();
}

Status MemoryDatabase::DropTable(std::string_view path, bool if_exists) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  RETURN_IF_ERROR(CheckNoIndexTable(path));
  const Status found = Find(path).status();
  if (!found.ok()) return if_exists ? Status() : found;
  tables_.erase(std::string(path));
  return Status();
}

Status MemoryDatabase::RenameTable(std::string_view path, std::string_view new_path) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  RETURN_IF_ERROR(model::CheckNoPseudoTable(new_path));
  RETURN_IF_ERROR(CheckNoIndexTable(path));
  ASSIGN_OR_RETURN(std::shared_ptr<Table> table, Find(path));
  RETURN_IF_ERROR(CheckParent(new_path));
  if (tables_.contains(std::string(new_path)) || namespaces_.contains(std::string(new_path))) {
    return common::AlreadyExists("the name " + std::string(new_path) + " is in use").WithDetail(kNameAlreadyInUse);
  }
  tables_.erase(std::string(path));
  tables_[std::string(new_path)] = std::move(table);
  return Status();
}

Status MemoryDatabase::AlterTable(std::string_view path, const std::vector<model::SchemaAlteration>& alterations) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  RETURN_IF_ERROR(CheckNoIndexTable(path));
  ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, Find(path));
  ASSIGN_OR_RETURN(model::Schema schema, table->schema->Alter(alterations));
  table->schema = std::make_shared<const model::Schema>(std::move(schema));
  return Status();
}

Status MemoryDatabase::RebuildIndexes(std::string_view path, std::vector<model::IndexKind> kinds,
                                      client::IndexRebuildWatcher watcher) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, Find(path));
  const auto has_index = [&table](model::IndexKind kind) { return table->schema->definition().HasIndex(kind); };
  if (std::none_of(kinds.begin(), kinds.end(), has_index)) {
    return common::InvalidArgument("table " + std::string(path) + " has no such index").WithDetail(model::kBadCommand);
  }
  client::IndexRebuildProgress progress;
  for (const model::Cell& cell : table->history) {
    const model::ColumnFamily* family = table->schema->FindFamily(cell.family);
    const auto indexed = [family](model::IndexKind kind) { return family->has_index(kind); };
    const bool is_live_insert = cell.flag == model::KeyFlag::kInsert && family != nullptr && !family->deleted;
    if (is_live_insert && std::any_of(kinds.begin(), kinds.end(), indexed)) ++progress.cell_count;
  }
  return watcher(progress);
}

Status MemoryDatabase::ReplaceSchema(std::string_view path, model::SchemaDefinition wanted) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, Find(path));
  ASSIGN_OR_RETURN(model::Schema schema, table->schema->Replace(std::move(wanted)));
  table->schema = std::make_shared<const model::Schema>(std::move(schema));
  return Status();
}

Status MemoryDatabase::SetReadOnly(bool read_only) {
  read_only_ = read_only;
  return Status();
}

Result<client::ClusterHealth> MemoryDatabase::Health() {
  client::ClusterHealth told = health;
  if (!read_only_) return told;
  told.problems.emplace_back(client::kReadOnlyProblem);
  told.level = std::max(told.level, client::ClusterHealth::Level::kWarning);
  return told;
}

Status MemoryDatabase::KillQuery(std::string_view id) {
  const size_t killed = std::erase_if(queries, [id](const client::QueryInfo& query) { return query.id == id; });
  if (killed > 0) return Status();
  return common::NotFound("no query '" + std::string(id) + "' runs").WithDetail(client::kNoSuchQuery);
}

Result<std::vector<client::QueryInfo>> MemoryDatabase::Queries(std::vector<client::SilentServer>* silent_servers) {
  *silent_servers = silent;
  return queries;
}

Result<std::vector<client::MaintenanceInfo>> MemoryDatabase::MaintenanceTasks(
    bool wait, std::vector<client::SilentServer>* silent_servers) {
  if (silent_servers != nullptr) *silent_servers = silent;
  if (silent_servers == nullptr && !silent.empty()) return silent.front().why;
  if (wait && !tasks.empty()) tasks.erase(tasks.begin());
  return tasks;
}

Result<std::vector<client::ServerInfo>> MemoryDatabase::Servers() {
  client::ServerInfo server;
  server.location = "rs1";
  server.is_ready = true;
  return std::vector<client::ServerInfo>{server};
}

Result<std::unique_ptr<DatabaseTable>> MemoryDatabase::OpenTable(std::string_view path) {
  ASSIGN_OR_RETURN(const std::optional<model::PseudoTableName> pseudo, model::ParsePseudoTable(path));
  ASSIGN_OR_RETURN(std::shared_ptr<Table> table, Find(pseudo ? pseudo->table_path : path));
  if (pseudo) {  // of a table without files
    table = std::make_shared<Table>();
    table->schema = model::CellStoreIndexSchema();
  }
  return std::unique_ptr<DatabaseTable>(
      std::make_unique<MemoryTable>(std::move(table), clock_, last_revision_, read_only_));
}

Result<int> MemoryDatabase::CompactTable(std::string_view path, client::CompactionType, const std::string*) {
  RETURN_IF_ERROR(model::CheckNoPseudoTable(path));
  RETURN_IF_ERROR(Find(path).status());
  return 1;
}

/// As a small cluster: a range for the root, one for the rest of METADATA, one for the catalog, and one for each table.
Result<int> MemoryDatabase::CompactRanges(int classes, client::CompactionType) {
  constexpr int kSystemClasses[] = {1, 2, 4};
  constexpr int kUserClass = 8;
  int count = (classes & kUserClass) != 0 ? static_cast<int>(tables_.size()) : 0;
  for (const int one : kSystemClasses) count += (classes & one) != 0 ? 1 : 0;
  return count;
}

}  // namespace cellar::hql
