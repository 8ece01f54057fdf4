#include "hql/executor/client_database.h"

#include <utility>

namespace cellar::hql {

namespace {

class ClientScanner final : public CellScanner {
 public:
  explicit ClientScanner(std::unique_ptr<client::Scanner> scanner) : scanner_(std::move(scanner)) {}

  bool Next(model::CellView* cell) override { return scanner_->Next(cell); }
  Status status() const override { return scanner_->status(); }
  const model::Schema& schema() const override { return *scanner_->schema(); }
  void Cancel() override { scanner_->Cancel(); }
  client::ScanReads reads() override { return scanner_->reads(); }

 private:
  const std::unique_ptr<client::Scanner> scanner_;
};

class ClientWriter final : public CellWriter {
 public:
  explicit ClientWriter(std::unique_ptr<client::Mutator> mutator) : mutator_(std::move(mutator)) {}

  Status Set(const model::CellView& cell) override { return mutator_->Set(cell); }
  Status Flush() override { return mutator_->Flush(); }
  void Cancel() override { mutator_->Cancel(); }
  client::MutatorCounts counts() const override { return mutator_->counts(); }

 private:
  const std::unique_ptr<client::Mutator> mutator_;
};

class ClientTable final : public DatabaseTable {
 public:
  ClientTable(std::shared_ptr<client::Table> table, const ClientDatabaseHooks& hooks)
      : table_(std::move(table)), hooks_(hooks) {}

  const model::Schema& schema() const override { return *table_->schema(); }

  std::unique_ptr<CellWriter> NewWriter(std::optional<model::Durability> durability) override {
    if (hooks_.new_writer) return hooks_.new_writer(table_, durability);
    client::MutatorOptions options;
    options.durability = durability;
    return std::make_unique<ClientWriter>(table_->NewMutator(options));
  }

  Result<client::Explanation> Explain(model::ScanSpec spec) override { return table_->Explain(std::move(spec)); }
  Result<std::shared_ptr<CellScanner>> NewScanner(model::ScanSpec spec, bool count_reads) override {
    if (hooks_.new_scanner && !count_reads) return hooks_.new_scanner(table_, std::move(spec));
    ASSIGN_OR_RETURN(std::unique_ptr<client::Scanner> scanner, table_->NewScanner(std::move(spec), count_reads));
    return std::shared_ptr<CellScanner>(std::make_shared<ClientScanner>(std::move(scanner)));
  }

  Result<client::RowMutationOutcome> Mutate(const client::RowMutation& mutation) override {
    return table_->Mutate(mutation);
  }

 private:
  const std::shared_ptr<client::Table> table_;
  const ClientDatabaseHooks& hooks_;
};

class ClientDatabase final : public Database {
 public:
  ClientDatabase(client::Client& client, ClientDatabaseHooks hooks) : client_(client), hooks_(std::move(hooks)) {}

  Status CreateNamespace(std::string_view path, bool if_not_exists) override {
    return client_.CreateNamespace(path, if_not_exists);
  }
  Status DropNamespace(std::string_view path, bool if_exists) override {
    return client_.DropNamespace(path, if_exists);
  }
  Result<bool> NamespaceExists(std::string_view path) override { return client_.NamespaceExists(path); }
  Result<std::vector<client::ListingEntry>> List(std::string_view path) override { return client_.List(path); }

  Status CreateTable(std::string_view path, const model::SchemaDefinition& definition) override {
    return Changed(path, client_.CreateTable(path, definition));
  }
  Status DropTable(std::string_view path, bool if_exists) override {
    return Changed(path, client_.DropTable(path, if_exists));
  }
  Status RenameTable(std::string_view path, std::string_view new_path) override {
    return Changed(path, Changed(new_path, client_.RenameTable(path, new_path)));
  }
  Status AlterTable(std::string_view path, const std::vector<model::SchemaAlteration>& alterations) override {
    return Changed(path, client_.AlterTable(path, alterations));
  }
  Status RebuildIndexes(std::string_view path, std::vector<model::IndexKind> kinds,
                        client::IndexRebuildWatcher watcher) override {
    return Changed(path, client_.RebuildIndexes(path, std::move(kinds), std::move(watcher)));
  }
  Status ReplaceSchema(std::string_view path, model::SchemaDefinition wanted) override {
    return Changed(path, client_.ReplaceSchema(path, std::move(wanted)));
  }
  Result<std::unique_ptr<DatabaseTable>> OpenTable(std::string_view path) override {
    ASSIGN_OR_RETURN(std::shared_ptr<client::Table> table, client_.OpenTable(path));
    return std::unique_ptr<DatabaseTable>(std::make_unique<ClientTable>(std::move(table), hooks_));
  }

  Result<int> CompactTable(std::string_view path, client::CompactionType type, const std::string* row) override {
    return client_.CompactTable(path, type, row);
  }
  Result<int> CompactRanges(int classes, client::CompactionType type) override {
    return client_.CompactRanges(classes, type);
  }
  Status SetReadOnly(bool read_only) override { return client_.SetReadOnly(read_only); }
  Result<client::ClusterHealth> Health() override { return client_.Health(); }
  Result<std::vector<client::ServerInfo>> Servers() override { return client_.Servers(); }
  Result<std::vector<client::QueryInfo>> Queries(std::vector<client::SilentServer>* silent) override {
    return client_.Queries(silent);
  }
  Status KillQuery(std::string_view id) override { return client_.KillQuery(id); }
  Result<std::vector<client::MaintenanceInfo>> MaintenanceTasks(bool wait,
                                                                std::vector<client::SilentServer>* silent) override {
    return client_.MaintenanceTasks(wait, silent);
  }
  void CancelCalls() override { client_.CancelCalls(); }

 private:
  Status Changed(std::string_view path, Status status) {
    if (hooks_.on_change) hooks_.on_change(path);
    return status;
  }

  client::Client& client_;
  const ClientDatabaseHooks hooks_;
};

}  // namespace

std::unique_ptr<Database> NewClientDatabase(client::Client& client, ClientDatabaseHooks hooks) {
  return std::make_unique<ClientDatabase>(client, std::move(hooks));
}

}  // namespace cellar::hql
