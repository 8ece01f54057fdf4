#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hql/executor/interpreter.h"

namespace cellar::hql {

/// One execution of one statement; one overload a kind. For interpreter.cc, execute_*.cc only.
struct StatementRun {
  Interpreter& session;
  AnswerSink& sink;
  StatementOutcome outcome;

  // execute_names.cc
  Status Run(const UseNamespace& use);
  Status Run(const CreateNamespace& create);
  Status Run(const DropNamespace& drop);
  Status Run(const GetListing&);
  Status Run(const ShowTables&);
  Status Run(const CreateTable& create);
  Status Run(const AlterTable& alter);
  Status Run(const DropTable& drop);
  Status Run(const RenameTable& rename);
  Status Run(const ExistsTable& exists);
  Status Run(const DescribeTable& describe);
  Status Run(const ShowCreateTable& show);

  // execute_operating.cc
  Status Run(const Compact& compact);
  Status Run(const RebuildIndices& rebuild);
  Status Run(const Balance& balance);
  Status Run(const StopServer& stop);
  Status Run(const ShutDown&);
  Status Run(const SetVariables& set);
  Status Run(const ShowQueries&);
  Status Run(const KillQuery& kill);
  Status Run(const ShowMaintenance&);
  Status Run(const WaitForMaintenance&);
  Status Run(const ShowStatus&);
  Status Run(const ShowHelp& help);

  // execute_reads.cc
  Status Run(const Select& select);
  Status Run(const DumpTable& dump);
  Status Run(const DumpPseudoTable& dump);

  // execute_explain.cc
  Status Run(const Explain& explain);

  // execute_writes.cc
  Status Run(const Insert& insert);
  Status Run(const Delete& statement);

  // execute_update.cc
  Status Run(const Update& update);

  // execute_load.cc
  Status Run(const LoadData& load);

 private:
  Result<std::unique_ptr<DatabaseTable>> Open(const Name& table);
  Result<model::SchemaDefinition> DefinitionOf(const CreateTable& create);
  Result<std::vector<std::string>> ReadyServers(const std::vector<std::string>& named);
  void NameSilent(const std::vector<client::SilentServer>& silent, std::string_view consequence);
  static Status OnlyServer(const std::string& server);
  Status ListNames(bool with_namespaces);
  Status CheckNotCancelled() const;

  Status Analyze(DatabaseTable& table, model::ScanSpec spec);
  Status Scan(DatabaseTable& table, model::ScanSpec spec, const CellFormat& format, ByteSink* file);
  Status ScanTo(const Name& table, model::ScanSpec spec, const CellFormat& format,
                const std::optional<std::string>& file, bool header_on_terminal);

  /// A writer that Cancel reaches.
  std::shared_ptr<CellWriter> NewWriter(DatabaseTable& table, std::optional<model::Durability> durability);
  Status Write(DatabaseTable& table, const std::vector<model::Cell>& cells);

  Status LoadIntoTable(const LoadData& load);
  Status LoadIntoFile(const LoadData& load);
  Status WriteLines(LoadReader& reader, ByteSource& source, DatabaseTable& table, CellWriter& writer);
  void ReportLoad(const LoadStats& stats);

  /// INSERT … IF NOT EXISTS, in execute_update.cc.
  Status InsertIfAbsent(const Insert& insert);
  /// Runs the mutation and tells what became of it. `conditions`: as text, one for each of the mutation's.
  Status Mutate(DatabaseTable& table, client::RowMutation mutation, const std::vector<std::string>& conditions);

  /// The write durability that a session's options ask for.
  std::optional<model::Durability> SessionDurability() const;
};

/// What stands there, or a new GUID.
std::string TextOf(const InsertText& text, Random& random);

/// The error of a statement that was ended while it wrote: what is known of its cells.
Status EndedWhileWriting(const client::MutatorCounts& counts);

/// Replaces the text of a counter's cell by the encoded update. `storage` holds it. Cells of other families stay.
Status EncodeCounter(const model::Schema& schema, model::CellView* cell, std::string* storage);

}  // namespace cellar::hql
