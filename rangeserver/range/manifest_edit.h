#pragma once

#include <memory>
#include <vector>

#include "model/manifest.h"

namespace cellar::rangeserver {

struct CompactionOutput;

/// What a compaction wants installed: the whole next manifest. A value that the layer above writes to METADATA as a
/// conditional mutation on `expected_number` and the range's epoch, and then gives back to Range::Installed.
struct ManifestEdit {
  model::ManifestNumber expected_number;  ///< Of the manifest that it replaces.
  model::Manifest manifest;               ///< number = expected_number + 1.
  std::vector<model::FileId> created;     ///< Files written for it.

  /// Files that no manifest and no scan refers to any more once this is installed (dropped, grace over): the layer
  /// above removes them then.
  std::vector<model::FileId> released;

  /// What Installed swaps in; opaque.
  std::shared_ptr<CompactionOutput> output;

  ManifestEdit() = default;
};

}  // namespace cellar::rangeserver
