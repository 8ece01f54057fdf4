#include "tools/check/log_check.h"

#include <utility>

#include "rangeserver/recovery/log_replay.h"
#include "rangeserver/write/frame_router.h"
#include "storage/commitlog/log_dump.h"
#include "storage/metalog/metalog_reader.h"

namespace cellar::check {
namespace {

constexpr const char* kLockServiceDirectory = "lockservice";
constexpr std::string_view kMasterLogPrefix = "master/log-";

void Add(std::string_view rule, std::string subject, std::string file, std::string text, Findings* findings) {
  Finding& finding = findings->emplace_back();
  finding.rule = rule;
  finding.subject = std::move(subject);
  finding.file = std::move(file);
  finding.text = std::move(text);
}

void VerifyMetaLog(const FileSystem& files, const ClusterId& cluster, const std::string& directory, std::string subject,
                   Findings* findings) {
  const auto state = storage::ReadMetaLog(files, directory, cluster);
  if (state.ok() || state.status().Is(StatusCode::kCancelled)) return;
  Add(rule::kMetalogDamaged, std::move(subject), directory, state.status().ToString(), findings);
}

}  // namespace

std::string NeededLog::directory() const {
  return rangeserver::LogDirectory(ref, log_class);
}

std::vector<NeededLog> NeededLogs(const RangeImage& image, const ServersSeen& servers) {
  std::map<std::string, NeededLog> logs;
  for (const LivingServer& server : servers.living) {
    for (const auto log_class : {storage::LogClass::kRoot, storage::LogClass::kMetadata, storage::LogClass::kUser}) {
      NeededLog log;
      log.subject = "range server " + server.location.get();
      log.ref = model::LogRef{server.location, server.incarnation};
      log.log_class = log_class;
      log.is_living = true;
      logs[log.directory()] = std::move(log);
    }
  }
  for (const CheckedRange& range : image.ranges) {
    for (const model::LogRef& ref : range.record.log_refs) {
      NeededLog log;
      log.subject = "range " + range.record.range.ToString();
      log.ref = ref;
      log.log_class = rangeserver::LogClassOf(range.record.range);
      logs.emplace(log.directory(), std::move(log));
    }
  }
  std::vector<NeededLog> all;
  for (auto& [directory, log] : logs) all.push_back(std::move(log));
  return all;
}

void VerifyNeededLog(const FileSystem& files, const ClusterId& cluster, const NeededLog& log, CheckCounts* counts,
                     Findings* findings) {
  const std::string directory = log.directory();
  const auto exists = files.Exists(directory);
  if (exists.ok() && !*exists) {
    Add(rule::kLogMissing, log.subject, directory,
        log.is_living ? "the server writes to it and it does not exist" : "the range needs it and it does not exist",
        findings);
    return;
  }
  storage::LogIdentity identity;
  identity.cluster = cluster;
  identity.log_class = log.log_class;
  identity.incarnation = log.ref.incarnation;
  const auto verified = storage::VerifyLog(files, directory, identity);
  if (verified.status().Is(StatusCode::kCancelled)) return;
  if (!verified.ok()) {
    Add(rule::kLogDamaged, log.subject, directory, verified.status().ToString(), findings);
    return;
  }
  if (verified->fragment_count == 0) {
    // Its server opened it before it was given any range.
    Add(rule::kLogMissing, log.subject, directory, "the directory holds no fragment of a log", findings);
    return;
  }
  ++counts->logs;
  counts->log_bytes += verified->cells_bytes;
  for (const std::string& problem : verified->problems) {
    Add(rule::kLogDamaged, log.subject, directory, problem, findings);
  }
}

void VerifyMetaLogs(const FileSystem& files, const ClusterId& cluster, const std::set<std::string>& master_files,
                    Findings* findings) {
  VerifyMetaLog(files, cluster, kLockServiceDirectory, "lock service", findings);
  // The newest is what the next master would take over.
  for (auto name = master_files.rbegin(); name != master_files.rend(); ++name) {
    if (!name->starts_with(kMasterLogPrefix)) continue;
    VerifyMetaLog(files, cluster, *name, "master", findings);
    break;
  }
}

}  // namespace cellar::check
