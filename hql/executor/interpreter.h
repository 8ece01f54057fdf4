#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "common/random/random.h"
#include "hql/ast.h"
#include "hql/executor/answer_sink.h"
#include "hql/executor/database.h"
#include "hql/load/byte_stream.h"
#include "hql/load/cell_format.h"
#include "hql/load/load_options.h"
#include "hql/load/load_reader.h"

namespace cellar::hql {

/// What holds for all statements of a session.
struct InterpreterOptions {
  CellFormat::TimestampText timestamp_text = CellFormat::TimestampText::kDateTime;
  bool no_log_sync = false;           ///< Writes are acknowledged before they are synced.
  bool may_use = true;                ///< Whether USE may change the namespace (41 if not).
  std::string start_namespace = "/";  ///< Absolute, and there.

  InterpreterOptions() = default;
};

/// What a statement did, for the timing line and the exit status.
struct StatementOutcome {
  uint64_t cell_count = 0;  ///< Read or written.
  uint64_t key_bytes = 0;   ///< Row, family and qualifier of the cells read.
  uint64_t value_bytes = 0;
  bool is_scan = false;
  std::optional<LoadStats> load;
  std::optional<client::ClusterHealth::Level> health;  ///< Of STATUS.
  bool not_applied = false;                            ///< A condition of UPDATE or INSERT did not hold.

  StatementOutcome() = default;
};

/// Runs the statements of one session, one after the other. Cells stream: memory does not grow with an answer or a
/// file. Borrows all it is given. Execute from one thread; Cancel from any.
///
/// Errors: those of the database, with the public codes of the HQL page, §17; statements that the parser takes and this
/// version cannot do yet are kUnsupported (31).
class Interpreter {
 public:
  Interpreter(Database& database, FileOpener& files, Random& random, InterpreterOptions options = InterpreterOptions());

  Result<StatementOutcome> Execute(const Statement& statement, AnswerSink& sink);

  /// The statement that runs ends soon with kCancelled, also one that waits for the cluster's answer: what it asked for
  /// may still be done, and one that writes cells says of how many that holds. No effect on later ones, but on those
  /// that others run by the same client at this moment.
  void Cancel();

  const std::string& current_namespace() const { return namespace_; }

  /// As USE does.
  Status Use(std::string_view name);

 private:
  friend struct StatementRun;

  /// Where a name in a statement leads.
  std::string PathOf(const Name& name) const;

  Database& database_;
  FileOpener& files_;
  Random& random_;
  const InterpreterOptions options_;
  std::string namespace_;
  std::atomic<bool> cancelled_ = false;

  common::Mutex mutex_;
  // Of the statement that runs, to be cancelled.
  std::shared_ptr<CellScanner> scanner_ GUARDED_BY(mutex_);
  std::shared_ptr<CellWriter> writer_ GUARDED_BY(mutex_);
};

}  // namespace cellar::hql
