#include "tools/check/cluster_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "common/concurrency/run_job.h"
#include "common/concurrency/sleep.h"
#include "storage/metalog/root_record.h"
#include "tools/check/catalog_check.h"
#include "tools/check/data_files.h"
#include "tools/check/garbage_check.h"
#include "tools/check/log_check.h"
#include "tools/check/range_check.h"
#include "tools/check/store_check.h"

namespace cellar::check {
namespace {

constexpr Nanos kLook = 200 * kMillisecond;
constexpr Nanos kBetweenPasses = 500 * kMillisecond;
constexpr uint64_t kMaxPasses = 6;

/// Errors first; for people, and to compare passes.
void Sort(Findings* findings) {
  const auto key = [](const Finding& finding) {
    return std::make_tuple(finding.severity != Severity::kError, finding.subject, finding.file, finding.rule,
                           finding.text);
  };
  std::sort(findings->begin(), findings->end(), [&key](const Finding& a, const Finding& b) { return key(a) < key(b); });
}

Findings InBoth(const Findings& a, const Findings& b) {
  Findings both;
  std::copy_if(a.begin(), a.end(), std::back_inserter(both),
               [&b](const Finding& finding) { return std::find(b.begin(), b.end(), finding) != b.end(); });
  return both;
}

/// Lives as long as the coroutine that made it.
class ClusterChecker {
 public:
  ClusterChecker(CheckSeams seams, CheckOptions options)
      : seams_(seams),
        options_(std::move(options)),
        stores_(std::make_shared<StoreVerifier>(seams_.data_files, options_.cluster)) {}

  Task<Result<CheckReport>> Run() {
    CO_RETURN_IF_ERROR(co_await AwaitQuiet());
    CO_TRY(CheckReport last, co_await Pass());
    while (!last.clean() && last.counts.passes < kMaxPasses) {
      co_await common::SleepFor(seams_.executor, kBetweenPasses);
      CO_TRY(CheckReport next, co_await Pass());
      next.counts.passes = last.counts.passes + 1;
      const Findings both = InBoth(next.findings, last.findings);
      const bool stands_still = both.size() == next.findings.size();
      // The last pass allowed: what came and went all the time is somebody's work.
      if (next.counts.passes == kMaxPasses) next.findings = both;
      last = std::move(next);
      if (stands_still) break;
    }
    co_return std::move(last);
  }

 private:
  Deadline CallDeadline() const { return Deadline::After(seams_.executor.clock(), options_.call_time); }

  void Tell(std::string_view what) const {
    if (options_.on_progress) options_.on_progress(what);
  }

  template <typename Job>
  auto InJob(Job job) {
    return common::RunJob(seams_.executor, JobClass::kMaintenance, std::move(job));
  }

  /// Recovery and collection end by themselves, and before that there is always something that is not in place.
  Task<Status> AwaitQuiet() {
    const Deadline patience = Deadline::After(seams_.executor.clock(), options_.patience);
    while (true) {
      CO_TRY(const ServersSeen servers, co_await seams_.view.ReadServers(CallDeadline()));
      if (servers.recovered && servers.collected) break;
      if (patience.Expired(seams_.executor.clock())) break;
      Tell(servers.recovered ? "waiting until the master has collected garbage" : "waiting for the master's recovery");
      co_await common::SleepFor(seams_.executor, kLook);
    }
    co_return common::OkStatus();
  }

  /// The order matters: what is listed first and named by nothing afterwards is not about to be named.
  Task<Result<CheckReport>> Pass() {
    CheckReport report;
    report.counts.passes = 1;
    Tell("listing files");
    auto list = [&log = seams_.log_files, &data = seams_.data_files] { return ListDataFiles(log, data); };
    CO_TRY(const DataFiles files, co_await InJob(std::move(list)));
    report.findings = files.findings;
    CO_TRY(const ServersSeen servers, co_await seams_.view.ReadServers(CallDeadline()));
    const std::optional<model::RangeRecord> root = co_await ReadRoot(&report.findings);
    Tell("reading METADATA and the catalog");
    CO_TRY(const auto rows, co_await seams_.view.ReadTable(model::kMetadataTable, CallDeadline()));
    CO_TRY(const auto names, co_await seams_.view.ReadTable(model::kCatalogTable, CallDeadline()));
    const CatalogImage catalog = CheckCatalog(names, servers.operations, &report.findings);
    const RangeImage image = CheckRanges(root, rows, catalog, servers, &report.findings);
    report.counts.tables = catalog.tables.size();
    report.counts.ranges = image.ranges.size();
    co_await CheckLogs(NeededLogs(image, servers), files.master_files, &report);
    co_await CheckStores(LiveStores(image), &report);
    CheckGarbage(files, image, catalog, servers, &report.counts, &report.findings);
    Sort(&report.findings);
    co_return std::move(report);
  }

  Task<std::optional<model::RangeRecord>> ReadRoot(Findings* findings) {
    auto read = [&files = seams_.log_files, cluster = options_.cluster] {
      return storage::ReadRootRecord(files, cluster);
    };
    const auto record = co_await InJob(std::move(read));
    if (record.ok() && *record) co_return *record;
    Finding& finding = findings->emplace_back();
    finding.rule = rule::kRootRecord;
    finding.subject = "range " + model::RootRange().ToString();
    finding.file = storage::kRootDirectory;
    finding.text = record.ok() ? "the root metalog has no record" : record.status().ToString();
    co_return std::nullopt;
  }

  Task<void> CheckLogs(std::vector<NeededLog> logs, std::set<std::string> master_files, CheckReport* report) {
    auto metalogs = [&fs = seams_.log_files, cluster = options_.cluster, names = std::move(master_files)] {
      Findings findings;
      VerifyMetaLogs(fs, cluster, names, &findings);
      return findings;
    };
    Append(co_await InJob(std::move(metalogs)), report);
    for (size_t i = 0; i < logs.size(); ++i) {
      Tell(fmt::format("log {} of {}: {}", i + 1, logs.size(), logs[i].directory()));
      auto verify = [&fs = seams_.log_files, cluster = options_.cluster, log = logs[i]] {
        CheckReport part;
        VerifyNeededLog(fs, cluster, log, &part.counts, &part.findings);
        return part;
      };
      CheckReport part = co_await InJob(std::move(verify));
      report->counts.logs += part.counts.logs;
      report->counts.log_bytes += part.counts.log_bytes;
      Append(std::move(part.findings), report);
    }
  }

  Task<void> CheckStores(std::vector<StoreRef> stores, CheckReport* report) {
    for (size_t i = 0; i < stores.size(); ++i) {
      Tell(fmt::format("file {} of {}: {}", i + 1, stores.size(), stores[i].path()));
      auto verify = [verifier = stores_, store = stores[i]] {
        Findings findings;
        verifier->Verify(store, &findings);
        return findings;
      };
      Append(co_await InJob(std::move(verify)), report);
      ++report->counts.stores;
      report->counts.store_bytes += stores[i].file.size_bytes;
      report->counts.cells += stores[i].file.cell_count;
    }
  }

  static void Append(Findings more, CheckReport* report) {
    std::move(more.begin(), more.end(), std::back_inserter(report->findings));
  }

  const CheckSeams seams_;
  const CheckOptions options_;
  const std::shared_ptr<StoreVerifier> stores_;
};

}  // namespace

Task<Result<CheckReport>> CheckCluster(CheckSeams seams, CheckOptions options) {
  ClusterChecker checker(seams, std::move(options));
  co_return co_await checker.Run();
}

}  // namespace cellar::check
