#include "hql/executor/interpreter.h"

#include <utility>

#include "hql/error_codes.h"
#include "hql/executor/path.h"
#include "hql/executor/statement_run.h"

namespace cellar::hql {

Interpreter::Interpreter(Database& database, FileOpener& files, Random& random, InterpreterOptions options)
    : database_(database),
      files_(files),
      random_(random),
      options_(std::move(options)),
      namespace_(options_.start_namespace) {}

Result<StatementOutcome> Interpreter::Execute(const Statement& statement, AnswerSink& sink) {
  cancelled_ = false;
  StatementRun run{*this, sink, StatementOutcome()};
  const Status status = std::visit([&run](const auto& kind) { return run.Run(kind); }, statement);
  {
    common::MutexLock lock(mutex_);
    scanner_.reset();
    writer_.reset();
  }
  if (!status.ok()) return status;
  return std::move(run.outcome);
}

void Interpreter::Cancel() {
  cancelled_ = true;
  std::shared_ptr<CellScanner> scanner;
  std::shared_ptr<CellWriter> writer;
  {
    common::MutexLock lock(mutex_);
    scanner = scanner_;
    writer = writer_;
  }
  if (scanner) scanner->Cancel();
  if (writer) writer->Cancel();
  database_.CancelCalls();
}

Status Interpreter::Use(std::string_view name) {
  std::string path = ResolvePath(namespace_, name);
  ASSIGN_OR_RETURN(const bool exists, database_.NamespaceExists(path));
  if (!exists) return common::NotFound("namespace '" + path + "' does not exist").WithDetail(kNamespaceNotFound);
  namespace_ = std::move(path);
  return Status();
}

std::string Interpreter::PathOf(const Name& name) const {
  return ResolvePath(namespace_, name.text);
}

}  // namespace cellar::hql
