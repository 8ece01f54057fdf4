#include <fmt/format.h>

#include "hql/error_codes.h"
#include "hql/executor/path.h"
#include "hql/executor/statement_run.h"
#include "hql/help.h"
#include "hql/schema_translation.h"
#include "model/schema_text.h"

namespace cellar::hql {

namespace {

Status SchemaFilesNotAvailable() {
  return common::Unsupported("schema files are not available in this version yet").WithDetail(kNotImplemented);
}

std::string_view WithoutLineEnd(std::string_view text) {
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

client::CompactionType ToClientType(CompactionType type) {
  switch (type) {
    case CompactionType::kMinor:
      return client::CompactionType::kMinor;
    case CompactionType::kMajor:
      return client::CompactionType::kMajor;
    case CompactionType::kMerging:
      return client::CompactionType::kMerging;
    case CompactionType::kGarbage:
      return client::CompactionType::kGc;
  }
  return client::CompactionType::kMajor;
}

std::string_view LevelName(client::ClusterHealth::Level level) {
  switch (level) {
    case client::ClusterHealth::Level::kOk:
      return "OK";
    case client::ClusterHealth::Level::kWarning:
      return "WARNING";
    case client::ClusterHealth::Level::kCritical:
      return "CRITICAL";
    case client::ClusterHealth::Level::kUnknown:
      return "UNKNOWN";
  }
  return "UNKNOWN";
}

}  // namespace

Result<std::unique_ptr<DatabaseTable>> StatementRun::Open(const Name& table) {
  return session.database_.OpenTable(session.PathOf(table));
}

Status StatementRun::CheckNotCancelled() const {
  return session.cancelled_ ? common::Cancelled("the statement was interrupted") : Status();
}

std::optional<model::Durability> StatementRun::SessionDurability() const {
  if (session.options_.no_log_sync) return model::Durability::kFlush;
  return std::nullopt;
}

// ---- Namespaces

Status StatementRun::Run(const UseNamespace& use) {
  if (!session.options_.may_use) {
    return common::InvalidArgument("USE is not available here: the namespace is fixed").WithDetail(kBadNamespace);
  }
  return session.Use(use.name.text);
}

Status StatementRun::Run(const CreateNamespace& create) {
  return session.database_.CreateNamespace(session.PathOf(create.name), create.if_not_exists);
}

Status StatementRun::Run(const DropNamespace& drop) {
  const std::string path = session.PathOf(drop.name);
  if (path == session.namespace_) {
    return common::InvalidArgument("namespace '" + path + "' is the present one; USE another first")
        .WithDetail(kNotAllowed);
  }
  return session.database_.DropNamespace(path, drop.if_exists);
}

Status StatementRun::ListNames(bool with_namespaces) {
  ASSIGN_OR_RETURN(const std::vector<client::ListingEntry> entries, session.database_.List(session.namespace_));
  for (const client::ListingEntry& entry : entries) {
    if (entry.is_namespace && !with_namespaces) continue;
    RETURN_IF_ERROR(sink.Lines(entry.is_namespace ? entry.name + "\t(namespace)" : entry.name));
  }
  return Status();
}

Status StatementRun::Run(const GetListing&) {
  return ListNames(/*with_namespaces=*/true);
}

Status StatementRun::Run(const ShowTables&) {
  return ListNames(/*with_namespaces=*/false);
}

// ---- Tables

Result<model::SchemaDefinition> StatementRun::DefinitionOf(const CreateTable& create) {
  if (create.like) {
    ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> original, Open(*create.like));
    model::SchemaDefinition definition = original->schema().definition();
    std::erase_if(definition.families, [](const model::ColumnFamily& family) { return family.deleted; });
    return definition;
  }
  if (create.schema_file) return SchemaFilesNotAvailable();
  return ToSchemaDefinition(create);
}

Status StatementRun::Run(const CreateTable& create) {
  ASSIGN_OR_RETURN(const model::SchemaDefinition definition, DefinitionOf(create));
  ASSIGN_OR_RETURN(const model::Schema checked, model::Schema::Create(definition));  // a quick answer to what is wrong
  RETURN_IF_ERROR(session.database_.CreateTable(session.PathOf(create.table), definition));
  for (const std::string& warning : SchemaWarnings(checked.definition())) sink.Notice("warning: " + warning);
  return Status();
}

Status StatementRun::Run(const AlterTable& alter) {
  if (alter.schema_file) return SchemaFilesNotAvailable();
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(alter.table));
  ASSIGN_OR_RETURN(const auto alterations, ToAlterations(alter, table->schema().definition()));
  ASSIGN_OR_RETURN(const model::Schema altered, table->schema().Alter(alterations));
  RETURN_IF_ERROR(session.database_.AlterTable(session.PathOf(alter.table), alterations));
  for (const std::string& warning : SchemaWarnings(altered.definition())) sink.Notice("warning: " + warning);
  return Status();
}

Status StatementRun::Run(const DropTable& drop) {
  return session.database_.DropTable(session.PathOf(drop.table), drop.if_exists);
}

Status StatementRun::Run(const RenameTable& rename) {
  return session.database_.RenameTable(session.PathOf(rename.old_name), session.PathOf(rename.new_name));
}

Status StatementRun::Run(const ExistsTable& exists) {
  const Result<std::unique_ptr<DatabaseTable>> table = Open(exists.table);
  if (!table.ok() && !table.status().Is(StatusCode::kNotFound)) return table.status();
  return sink.Lines(table.ok() ? "true" : "false");
}

Status StatementRun::Run(const DescribeTable& describe) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(describe.table));
  return sink.Lines(WithoutLineEnd(model::SchemaToXml(table->schema(), describe.with_ids)));
}

Status StatementRun::Run(const ShowCreateTable& show) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(show.table));
  return sink.Lines(model::SchemaToCreateStatement(table->schema(), show.table.text));
}

// ---- Operating

Status StatementRun::Run(const Compact& compact) {
  const client::CompactionType type = ToClientType(compact.type);
  int count = 0;
  if (compact.table) {
    const std::string* row = compact.row ? &*compact.row : nullptr;
    ASSIGN_OR_RETURN(count, session.database_.CompactTable(session.PathOf(*compact.table), type, row));
  } else {
    ASSIGN_OR_RETURN(count, session.database_.CompactRanges(static_cast<int>(compact.range_classes), type));
  }
  sink.Notice(fmt::format("compaction of {} range{} scheduled", count, count == 1 ? "" : "s"));
  return Status();
}

Status StatementRun::Run(const ShowStatus&) {
  client::ClusterHealth health;
  Result<client::ClusterHealth> answer = session.database_.Health();
  if (answer.ok()) {
    health = *std::move(answer);
  } else {
    health.problems.push_back(answer.status().ToString());
  }
  outcome.health = health.level;
  std::string text = fmt::format("Cellar {}", LevelName(health.level));
  for (size_t i = 0; i < health.problems.size(); ++i) text += (i == 0 ? " - " : "; ") + health.problems[i];
  return sink.Lines(text);
}

Status StatementRun::Run(const ShowHelp& help) {
  return sink.Lines(WithoutLineEnd(HelpText(help.topic)));
}

}  // namespace cellar::hql
