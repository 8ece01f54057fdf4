#include "thrift/gateway/calls/statements.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "common/random/random.h"
#include "hql/executor/client_database.h"
#include "hql/executor/interpreter.h"
#include "hql/parser.h"
#include "thrift/gateway/translate/error_codes.h"

namespace cellar::thrift {
namespace {

class AnswerTaker final : public hql::AnswerSink {
 public:
  /// `logger`: for what a statement warns of, since an answer over Thrift has no place for it.
  AnswerTaker(CellTaker& cells, size_t limit_bytes, const Logger& logger)
      : cells_(cells), limit_bytes_(limit_bytes), logger_(logger) {}

  Status Lines(std::string_view text) override {
    while (true) {
      const size_t end = text.find('\n');
      lines_.emplace_back(text.substr(0, end));
      if (end == std::string_view::npos) return Status();
      text.remove_prefix(end + 1);
    }
  }
  Status Cell(const hql::CellFormat&, const model::CellView& cell, std::string_view family) override {
    RETURN_IF_ERROR(cells_.Add(cell, family));
    if (cells_.size_bytes() <= limit_bytes_) return Status();
    return common::InvalidArgument("an answer of more than " + std::to_string(limit_bytes_) +
                                   " bytes: run the statement unbuffered")
        .WithDetail(kAnswerTooLarge);
  }
  void Notice(std::string_view text) override {
    constexpr std::string_view kWarning = "warning: ";
    if (text.starts_with(kWarning)) {
      logger_.Warning("statement warns", {{"text", text.substr(kWarning.size())}});
    }
  }
  void Progress(const hql::LoadProgress&) override {}
  void Progress(const hql::RebuildProgress&) override {}

  std::vector<std::string> TakeLines() { return std::move(lines_); }

 private:
  CellTaker& cells_;
  const size_t limit_bytes_;
  const Logger& logger_;
  std::vector<std::string> lines_;
};

/// Of a scan that goes to the client's scanner instead.
class NoCells final : public hql::CellScanner {
 public:
  explicit NoCells(std::shared_ptr<const model::Schema> schema) : schema_(std::move(schema)) {}

  bool Next(model::CellView*) override { return false; }
  Status status() const override { return Status(); }
  const model::Schema& schema() const override { return *schema_; }
  void Cancel() override {}

 private:
  const std::shared_ptr<const model::Schema> schema_;
};

/// Writes that stay in the client's mutator.
class KeptWriter final : public hql::CellWriter {
 public:
  explicit KeptWriter(std::shared_ptr<OpenMutator> mutator) : mutator_(std::move(mutator)) {}
  Status Set(const model::CellView& cell) override { return mutator_->SetEncoded(cell); }
  Status Flush() override { return Status(); }
  void Cancel() override {}  // nobody ends a gateway's statements
  client::MutatorCounts counts() const override { return client::MutatorCounts(); }

 private:
  const std::shared_ptr<OpenMutator> mutator_;
};

/// A writer that could not be made.
class FailedWriter final : public hql::CellWriter {
 public:
  explicit FailedWriter(Status why) : why_(std::move(why)) {}
  Status Set(const model::CellView&) override { return why_; }
  Status Flush() override { return why_; }
  void Cancel() override {}
  client::MutatorCounts counts() const override { return client::MutatorCounts(); }

 private:
  const Status why_;
};

/// What a statement opened for its client.
struct Kept {
  std::shared_ptr<OpenScanner> scanner;
  std::shared_ptr<OpenMutator> mutator;
};

hql::ClientDatabaseHooks HooksFor(const CallSite& site, const StatementRequest& request, bool is_select, Kept* kept) {
  hql::ClientDatabaseHooks hooks;
  hooks.on_change = [&tables = site.parts.tables](std::string_view path) { tables.Forget(path); };
  if (request.noflush) {
    hooks.new_writer = [&site, kept](const std::shared_ptr<client::Table>& table,
                                     std::optional<model::Durability> durability) -> std::unique_ptr<hql::CellWriter> {
      client::MutatorOptions options;
      options.durability = durability;
      auto mutator = OpenMutator::Open(site.parts.tables, table->path(), options, site.parts.logger);
      if (!mutator.ok()) return std::make_unique<FailedWriter>(std::move(mutator).status());
      kept->mutator = *mutator;
      return std::make_unique<KeptWriter>(*std::move(mutator));
    };
  }
  if (request.unbuffered && is_select) {
    hooks.new_scanner = [&site, &request, kept](const std::shared_ptr<client::Table>& table,
                                                model::ScanSpec spec) -> Result<std::shared_ptr<hql::CellScanner>> {
      ASSIGN_OR_RETURN(kept->scanner,
                       OpenScanner::Open(table, std::move(spec), request.cells_version, site.parts.options.batches));
      return std::shared_ptr<hql::CellScanner>(std::make_shared<NoCells>(table->schema()));
    };
  }
  return hooks;
}

/// Statements whose answer is lines, also when there are none.
bool AnswersInLines(const hql::Statement& statement) {
  return std::visit(
      [](const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        return std::is_same_v<Kind, hql::GetListing> || std::is_same_v<Kind, hql::ShowTables>;
      },
      statement);
}

/// A SELECT whose cells are the answer.
bool IsPlainSelect(const hql::Statement& statement) {
  const auto* select = std::get_if<hql::Select>(&statement);
  return select != nullptr && !select->output.file;
}

/// What tells of counters, or of cells that were not as expected.
bool IsConditional(const hql::Statement& statement) {
  const auto* insert = std::get_if<hql::Insert>(&statement);
  return std::holds_alternative<hql::Update>(statement) || (insert != nullptr && insert->if_not_exists);
}

uint64_t DrawSeed(const CallSite& site) {
  const MutexLock lock(site.parts.random_mutex);
  return site.parts.random.Next();
}

}  // namespace

Result<StatementAnswer> RunStatement(const CallSite& site, const StatementRequest& request, CellTaker& cells) {
  ASSIGN_OR_RETURN(std::string path, site.PathOf(request.namespace_id, ""));
  ASSIGN_OR_RETURN(const hql::Statement statement, hql::ParseStatement(request.command));
  StatementAnswer answer;
  const bool is_select = IsPlainSelect(statement);
  answer.has_cells = is_select || IsConditional(statement);
  Kept kept;
  const std::unique_ptr<hql::Database> database =
      hql::NewClientDatabase(site.parts.client, HooksFor(site, request, is_select, &kept));
  SeededRandom random(DrawSeed(site));
  hql::InterpreterOptions options;
  options.may_use = false;
  options.start_namespace = std::move(path);
  hql::Interpreter interpreter(*database, site.parts.files, random, std::move(options));
  AnswerTaker taker(cells, site.parts.options.batches.answer_bytes, site.parts.logger);
  RETURN_IF_ERROR(interpreter.Execute(statement, taker).status());
  std::vector<std::string> lines = taker.TakeLines();
  if (!lines.empty() || AnswersInLines(statement)) answer.lines = std::move(lines);
  if (kept.scanner) {
    ASSIGN_OR_RETURN(answer.scanner, site.objects->Add(std::move(kept.scanner)));
  }
  if (kept.mutator) {
    ASSIGN_OR_RETURN(answer.mutator, site.objects->Add(std::move(kept.mutator)));
  }
  return answer;
}

}  // namespace cellar::thrift
