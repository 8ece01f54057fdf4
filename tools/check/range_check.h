#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "model/cell.h"
#include "model/manifest.h"
#include "model/metadata_row.h"
#include "tools/check/catalog_check.h"
#include "tools/check/cluster_view.h"
#include "tools/check/finding.h"

namespace cellar::check {

/// A range whose row reads.
struct CheckedRange {
  model::RangeRecord record;
  std::optional<model::Manifest> manifest;      ///< nullopt: none yet, or unreadable.
  std::shared_ptr<const model::Schema> schema;  ///< Null when the catalog has none.
  bool manifest_unreadable = false;

  CheckedRange() = default;
};

struct RangeImage {
  std::vector<CheckedRange> ranges;  ///< The root range first, the others in the order of METADATA.
  bool complete = true;              ///< Every row and manifest could be read: what is not named here is named nowhere.

  RangeImage() = default;
};

/// Checks the rows of all ranges: that they read, tile every table of the catalog, belong to living servers under
/// plausible epochs, and that their manifests read and fit. `root` is the root metalog's record, `cells` METADATA's.
RangeImage CheckRanges(const std::optional<model::RangeRecord>& root, const std::vector<model::Cell>& cells,
                       const CatalogImage& catalog, const ServersSeen& servers, Findings* findings);

}  // namespace cellar::check
