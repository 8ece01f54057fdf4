#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cpp/include/explanation.h"
#include "client/cpp/include/mutator.h"
#include "client/cpp/include/row_condition.h"
#include "client/cpp/include/row_mutation.h"
#include "client/cpp/include/scanner.h"
#include "common/base/result.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "common/time/clock.h"
#include "model/cell.h"
#include "model/scan_spec.h"
#include "model/schema.h"

namespace cellar::client {

class ClientCore;

/// One open table. Thread-safe; outlived by its client. Calls block, at most for the client's timeout;
/// Client::CancelCalls ends Explain and changes of a row (kCancelled: the row may have been changed, or may still be).
///
/// An ALTER by another client is met on the way: calls, mutators and scanners learn the new schema and go on. What
/// names a family that was dropped fails (kInvalidArgument, public code 9 or, of a scan, 0x5000A), the rest is done.
class Table {
 public:
  Table(ClientCore& core, std::string path, model::TableId id, std::shared_ptr<const model::Schema> schema,
        Nanos timeout);

  const std::string& path() const { return path_; }
  model::TableId id() const { return id_; }
  /// The newest schema that the client had met when the last call ended. Those given earlier live as long as the table.
  const std::shared_ptr<const model::Schema>& schema() const { return *newest_.load(std::memory_order_acquire); }

  /// Index tables (`^t`) take nothing: public code 35.
  std::unique_ptr<Mutator> NewMutator(const MutatorOptions& options = MutatorOptions());

  /// kInvalidArgument for a bad spec (public code 30) before anything is sent. `count_reads`: Scanner::reads tells.
  Result<std::unique_ptr<Scanner>> NewScanner(model::ScanSpec spec, bool count_reads = false);

  /// What such a scan would read; reads nothing but indexes and filters.
  Result<Explanation> Explain(model::ScanSpec spec);

  /// All cells of a small scan. Their families are those of schema() then.
  Result<std::vector<model::Cell>> ScanAll(model::ScanSpec spec);

  /// The cells of many rows in few calls, as `spec` (without intervals) selects them, in the order of `rows`.
  Result<std::vector<model::Cell>> GetRows(const model::ScanSpec& spec, std::vector<std::string> rows);

  /// Changes one row, all at once, if all conditions of the mutation hold; that they do not is an outcome, not an
  /// error, and final. Applies once however often it had to be sent. Tells the new values of the counters in it,
  /// unless there are more than 64. kInvalidArgument as RowMutation says, before anything is sent; kTimedOut: the
  /// outcome is unknown.
  Result<RowMutationOutcome> Mutate(const RowMutation& mutation);

  /// Sets a column that has no visible cell. Not applied: it has one, with the value in `failed`.
  Result<RowMutationOutcome> InsertIfAbsent(std::string_view row, std::string_view family, std::string_view qualifier,
                                            std::string_view value);

  /// Adds to a counter and returns what it shows right after that; no two callers get the value of one moment.
  /// kTimedOut: it may have been added to. kInvalidArgument (9): the family is no counter.
  Result<int64_t> Increment(std::string_view row, std::string_view family, std::string_view qualifier,
                            int64_t delta = 1);

  /// Mutate for families by id: changes one row if all conditions hold. `cells` are of one row, at least one, in the
  /// order in which they are to happen; a counter's value is an encoded model::CounterUpdate.
  Result<RowMutationOutcome> MutateRow(std::vector<RowCondition> conditions, std::vector<model::Cell> cells);

 private:
  Deadline NewDeadline() const;
  Status CheckWritable() const;
  Task<Result<std::vector<model::Cell>>> ReadScan(model::ScanSpec spec);
  Status CheckMutation(const std::vector<RowCondition>& conditions, const std::vector<model::Cell>& cells) const;
  Result<RowMutationOutcome> Send(std::vector<RowCondition> conditions, std::vector<model::Cell> cells,
                                  std::optional<model::Durability> durability);
  template <typename T>
  Result<T> Call(Task<Result<T>> call);
  template <typename T>
  Task<Result<T>> CallAndLearn(Task<Result<T>> call);
  template <typename T>
  Result<T> CallToEnd(Task<Result<T>> call);
  template <typename T>
  Task<Result<T>> AwaitAndLearn(Task<Result<T>> call);
  Task<Result<bool>> LookForNewerSchema();
  bool Learn();

  ClientCore& core_;
  const std::string path_;
  const model::TableId id_;
  const Nanos timeout_;
  std::deque<std::shared_ptr<const model::Schema>> schemas_;  ///< Oldest first. Loop only, once there are two.
  std::atomic<const std::shared_ptr<const model::Schema>*> newest_;
};

}  // namespace cellar::client
