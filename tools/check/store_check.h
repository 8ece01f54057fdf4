#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/cluster_id.h"
#include "common/file/file_system.h"
#include "model/manifest.h"
#include "storage/cellstore/trailer.h"
#include "tools/check/check_report.h"
#include "tools/check/finding.h"
#include "tools/check/range_check.h"

namespace cellar::check {

/// One live file of one range's access group, and what the manifest says of it.
struct StoreRef {
  std::string subject;
  model::RangeKey range;
  std::string group;
  model::Revision flushed;
  model::SchemaGeneration newest_generation;  ///< 0: not known.
  model::ManifestFile file;

  StoreRef() = default;
  std::string path() const { return model::CellStorePath(range.table, file.id); }
};

/// Live files of all ranges, in the order of ranges and groups.
std::vector<StoreRef> LiveStores(const RangeImage& image);

/// Verifies files, each once: they never change. Used by one job at a time.
class StoreVerifier {
 public:
  /// Borrows the files.
  StoreVerifier(const FileSystem& files, const ClusterId& cluster) : files_(files), cluster_(cluster) {}

  /// Reads every byte of the file, and compares it with what the manifest says.
  void Verify(const StoreRef& store, Findings* findings);

 private:
  Result<const storage::CellStoreTrailer*> Read(const StoreRef& store);

  const FileSystem& files_;
  const ClusterId cluster_;
  struct Verified {
    storage::CellStoreTrailer trailer;
    uint64_t size_bytes = 0;
  };
  std::map<model::FileId, Verified> verified_;
};

}  // namespace cellar::check
