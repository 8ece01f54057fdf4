#include "hql/error_codes.h"
#include "hql/executor/path.h"
#include "hql/executor/statement_run.h"
#include "hql/schema_translation.h"
#include "model/schema_text.h"
#include "model/schema_xml.h"

namespace cellar::hql {

namespace {

/// The schema that a file of CREATE or ALTER TABLE describes.
Result<model::SchemaDefinition> ReadSchemaFile(FileOpener& files, const std::string& name) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, OpenSource(files, name));
  ASSIGN_OR_RETURN(const std::string xml, ReadAll(*source, model::kMaxSchemaXmlBytes));
  Result<model::SchemaDefinition> definition = model::SchemaFromXml(xml);
  if (!definition.ok()) return std::move(definition).status().WithContext(name);
  return definition;
}

std::string_view WithoutLineEnd(std::string_view text) {
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

}  // namespace

Result<std::unique_ptr<DatabaseTable>> StatementRun::Open(const Name& table) {
  auto opened = session.database_.OpenTable(session.PathOf(table));
  if (opened.status().Is(StatusCode::kCancelled)) {
    return common::Cancelled("the statement was interrupted before it did anything");
  }
  return opened;
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
  if (create.schema_file) return ReadSchemaFile(session.files_, *create.schema_file);
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
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(alter.table));
  if (alter.schema_file) {
    ASSIGN_OR_RETURN(model::SchemaDefinition wanted, ReadSchemaFile(session.files_, *alter.schema_file));
    ASSIGN_OR_RETURN(const model::Schema replaced, table->schema().Replace(wanted));
    RETURN_IF_ERROR(session.database_.ReplaceSchema(session.PathOf(alter.table), std::move(wanted)));
    for (const std::string& warning : SchemaWarnings(replaced.definition())) sink.Notice("warning: " + warning);
    return Status();
  }
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

}  // namespace cellar::hql
