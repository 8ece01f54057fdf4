#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/workloads/workload.h"

namespace cellar::sim {

/// A table whose one family has both indexes, which somebody drops, adds and rebuilds now and then. Each row is written
/// by one actor; whoever asks for the rows with some value or qualifier finds exactly those that hold it, by the
/// indexes as without them.
class IndexWorkload final : public Workload {
 public:
  using Workload::Workload;
  const char* name() const override { return "indexes"; }

 private:
  /// One row: the one cell that it may hold, as "qualifier=value"; empty: none.
  struct Row {
    std::set<std::string> possible = {""};  ///< What it may hold now; one when everything is settled.
    bool busy = false;                      ///< A write is under way.
    uint64_t changes = 0;                   ///< Writes that were begun.
  };

  Task<void> Begin() override;
  Task<void> Verify() override;
  Task<void> WriteRows(SimClient* client, std::string prefix);
  Task<Status> WriteRow(SimClient* client, SimWriter* writer, std::string key, std::string content, Nanos patience);
  Task<void> Ask(SimClient* client);
  Task<void> Alter(SimClient* client);
  Task<bool> AlterOnce(SimClient* client, SimTable table);
  Task<bool> Look(SimClient* client, Nanos patience, bool must_succeed);
  void Check(const model::ScanSpec& spec, const std::map<std::string, Row>& before,
             const std::vector<model::Cell>& cells);
  Task<Result<SimTable>> Open(SimClient* client, Nanos patience);
  Task<Result<SimTable>> OpenOrKeep(SimClient* client);
  model::ScanSpec NewSpec();

  static constexpr int kWrites = 40;
  static constexpr int kLooks = 25;
  static constexpr int kAlterations = 6;
  static constexpr uint64_t kRowsOfActor = 5;

  std::map<std::string, Row> rows_;
  std::map<std::string, SimTable> opened_;  ///< By client; an ALTER since then is met on the way.
};

}  // namespace cellar::sim
