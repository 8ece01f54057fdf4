#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/cpp/include/client.h"
#include "common/base/status.h"
#include "common/time/clock.h"
#include "tests/differential/path.h"
#include "tests/differential/tracked_table.h"
#include "tests/support/random_cells.h"

namespace cellar::tests {

struct DifferentialOptions {
  uint64_t seed = 1;
  uint64_t spec_count = 1000;  ///< And as many mutations, of each through each path.
  uint64_t mutations_per_world = 200;
  uint64_t worlds_per_restart = 0;  ///< 0: none.
};

struct DifferentialCounts {
  uint64_t worlds = 0;
  uint64_t specs = 0;        ///< Through each path.
  uint64_t mutations = 0;    ///< Cells and markers written, through each path.
  uint64_t conditional = 0;  ///< Row mutations with conditions among them, of each path.
  uint64_t cells = 0;        ///< Compared.
  uint64_t refusals = 0;     ///< Compared.
  uint64_t by_index = 0;     ///< Answers that indexes had a part in.
  uint64_t compactions = 0;
  uint64_t alters = 0;
  uint64_t index_alters = 0;  ///< Indexes added, dropped, made anew.
  uint64_t restarts = 0;
};

/// What the run needs of a cluster. All borrowed.
struct DifferentialSeams {
  client::Client& other;  ///< Makes, alters and compacts tables, looks at what was written. Knows of nothing else.
  std::vector<Path*> paths;
  std::function<Status()> restart;  ///< And connects the paths anew.
  const Clock& clock;
};

/// Worlds of random schemas: in each a table for every path, to which the same random mutations are written by it; and
/// random requests, each answered by every path from some table, and compared with the reference evaluator.
/// Compactions, ALTERs by somebody else and restarts lie between; indexes come, go and are made anew.
class DifferentialRun {
 public:
  DifferentialRun(DifferentialSeams seams, DifferentialOptions options) : seams_(std::move(seams)), options_(options) {}

  /// Until all are done or one differs: then kCorruption, which says all of it. `progress` is called now and then.
  Status Run(const std::function<void(const DifferentialCounts&)>& progress);

  const DifferentialCounts& counts() const { return counts_; }

 private:
  Status RunWorld(uint64_t seed);
  Status MakeTables(uint64_t seed, RandomCells& dice);
  Status DropTables();
  Status WriteSome(RandomCells& dice);
  Status WriteTo(TrackedTable& table, Path& path, const std::vector<model::Cell>& cells, Random& random);
  Status MutateOn(TrackedTable& table, Path& path, const std::vector<client::RowCondition>& conditions,
                  const std::vector<model::Cell>& cells);
  Status AskSome(RandomCells& dice);
  Status Compare(TrackedTable& table, Path& path, const Question& question);
  Status Disturb(RandomCells& dice);
  Status Alter(RandomCells& dice);
  Status AlterIndexes(RandomCells& dice);
  Status Rebuild(TrackedTable& table, Random& random);
  Status LookAtSchema(TrackedTable& table);

  DifferentialSeams seams_;
  const DifferentialOptions options_;
  DifferentialCounts counts_;
  std::vector<TrackedTable> tables_;  ///< One for each path.
  bool is_restart_due_ = false;
};

}  // namespace cellar::tests
