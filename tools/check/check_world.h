#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/concurrency/sim_scheduler.h"
#include "common/file/memory_file_system.h"
#include "model/manifest.h"
#include "model/metadata_row.h"
#include "tests/support/engine_world.h"
#include "tools/check/cluster_check.h"

namespace cellar::check {

/// For tests: a cluster as the checker sees it, made of real files and of rows that a test may change. Two lives of rs1
/// (1.1 dead, its log still needed; 2.1 alive), the second term of a master, one user's table `1/1` at `/t` with two
/// files, one of them dropped.
class CheckWorld : public ClusterView {
 public:
  CheckWorld();

  CheckReport Check() { return Check(files()); }
  CheckReport Check(const FileSystem& seen);
  /// "rule subject" of each finding.
  std::vector<std::string> Findings();

  Task<Result<ServersSeen>> ReadServers(Deadline deadline) override;
  Task<Result<std::vector<model::Cell>>> ReadTable(model::TableId table, Deadline deadline) override;

  common::MemoryFileSystem& files() { return engine_.files(); }
  model::RangeRecord& row(const std::string& name) { return rows.at(name); }
  /// Changes the user's range's manifest.
  void EditManifest(const std::function<void(model::Manifest&)>& edit);
  /// Writes the root metalog anew, under its owner.
  void WriteRoot(const model::RangeRecord& record);
  void WriteFile(const std::string& path, std::string_view bytes);
  /// Flips the bits of one byte.
  void Damage(const std::string& path, uint64_t offset);
  std::string LivePath() const;
  std::string DroppedPath() const;

  static constexpr const char* kUserRow = "1/1;";
  static constexpr const char* kDeadLog = "servers/rs1/0000000001.0000000001/log/user";

  std::map<std::string, model::RangeRecord> rows;  ///< METADATA by row.
  std::vector<model::Cell> extra_metadata;
  std::optional<size_t> lost_metadata;  ///< Ordinal of a cell of METADATA that is not there.
  std::map<std::string, std::map<std::string, std::string>> catalog;  ///< Row → "family:qualifier" → value.
  ServersSeen servers;
  std::function<void()> before_pass;  ///< At the listing of servers.

 private:
  void MakeTable();
  void MakeLogs();
  void MakeMetaLogs();
  model::RangeRecord NewRow(model::RangeKey range) const;

  tests::EngineWorld engine_;
  SimScheduler world_{5};
  SimExecutor node_{world_, "checker"};
};

}  // namespace cellar::check
