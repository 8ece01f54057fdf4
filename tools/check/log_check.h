#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/cluster_id.h"
#include "common/file/file_system.h"
#include "model/metadata_row.h"
#include "storage/commitlog/log_identity.h"
#include "tools/check/check_report.h"
#include "tools/check/cluster_view.h"
#include "tools/check/finding.h"
#include "tools/check/range_check.h"

namespace cellar::check {

/// One commit log that some range may still need.
struct NeededLog {
  std::string subject;  ///< Who needs it.
  model::LogRef ref;
  storage::LogClass log_class = storage::LogClass::kUser;
  bool is_living = false;  ///< Its server writes to it.

  NeededLog() = default;
  std::string directory() const;
};

/// Logs that rows refer to, and those of living servers; each once.
std::vector<NeededLog> NeededLogs(const RangeImage& image, const ServersSeen& servers);

/// Reads every byte of the log that counts. A torn tail is none of its findings.
void VerifyNeededLog(const FileSystem& files, const ClusterId& cluster, const NeededLog& log, CheckCounts* counts,
                     Findings* findings);

/// The metalogs of master and lock service read; the root's is read by whoever wants its record.
void VerifyMetaLogs(const FileSystem& files, const ClusterId& cluster, const std::set<std::string>& master_files,
                    Findings* findings);

}  // namespace cellar::check
