#pragma once

#include <optional>

#include "common/file/file_system.h"
#include "tools/check/check_report.h"
#include "tools/check/cluster_view.h"
#include "tools/check/data_files.h"
#include "tools/check/finding.h"
#include "tools/check/range_check.h"

namespace cellar::check {

/// Finds what lies there and is named by nothing: files of tables, logs of dead incarnations, metalogs of earlier
/// owners. `files` were listed before `servers` and `image` were read, so that what is new since is not among them.
void CheckGarbage(const DataFiles& files, const RangeImage& image, const CatalogImage& catalog,
                  const ServersSeen& servers, CheckCounts* counts, Findings* findings);

}  // namespace cellar::check
