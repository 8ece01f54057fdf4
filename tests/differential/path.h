#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/cpp/include/row_condition.h"
#include "common/base/result.h"
#include "common/random/random.h"
#include "model/cell.h"
#include "model/scan_spec.h"
#include "model/schema.h"

namespace cellar::tests {

/// A table of the run, as those that know only its name see it.
struct NamedTable {
  std::string path;                             ///< "/differential/t7"
  std::shared_ptr<const model::Schema> schema;  ///< As of now, whatever a path believes.
};

/// A read in one of the ways that a path has.
struct Question {
  std::string way;
  model::ScanSpec spec;
  std::vector<std::string> rows;         ///< Of a get of rows.
  std::vector<model::ScanSpec> meaning;  ///< What the evaluator is asked: the answers, one behind the other.
  bool is_refused = false;               ///< Though the evaluator would take it: public code 30.
  uint64_t chance = 0;                   ///< Where to break off, and so on.
};

/// What came of it.
struct Answer {
  std::vector<model::Cell> cells;
  bool has_revisions = true;
  bool has_flags = true;
};

/// What came of a conditional row mutation: of several conditions the first one that failed.
struct MutationAnswer {
  bool applied = false;
  std::optional<int64_t> revision;
  std::optional<size_t> failed;
  std::optional<std::string> found;
};

/// A user's way to tables. What a server or gateway refuses is a Status with the public code.
class Path {
 public:
  virtual ~Path() = default;

  virtual std::string name() const = 0;

  /// Writes all cells, in this order, and returns when they are acknowledged. Counters' values are encoded updates.
  virtual Status Write(const NamedTable& table, const std::vector<model::Cell>& cells, Random& random) = 0;

  virtual Result<MutationAnswer> Mutate(const NamedTable& table, const std::vector<client::RowCondition>& conditions,
                                        const std::vector<model::Cell>& cells) = 0;

  /// `spec` in one of the ways, as far as it can be asked so.
  virtual Question Choose(const NamedTable& table, model::ScanSpec spec, Random& random) const = 0;
  virtual Result<Answer> Ask(const NamedTable& table, const Question& question) = 0;

  /// Of a table that is not used any more.
  virtual void Forget(const NamedTable& table) = 0;
};

}  // namespace cellar::tests
