#include "tests/sim/sim_run.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "tests/sim/nemesis.h"
#include "tests/sim/sim_client.h"
#include "tests/sim/sim_cluster.h"
#include "tests/sim/workloads/counter_workload.h"
#include "tests/sim/workloads/delete_workload.h"
#include "tests/sim/workloads/index_workload.h"
#include "tests/sim/workloads/model_workload.h"
#include "tests/sim/workloads/names_workload.h"
#include "tests/sim/workloads/register_workload.h"
#include "tests/sim/workloads/scan_workload.h"
#include "tests/sim/workloads/ticket_workload.h"
#include "tests/sim/workloads/token_workload.h"
#include "tools/check/cluster_check.h"

namespace cellar::sim {
namespace {

constexpr Nanos kStartTime = 60 * kSecond;    ///< For the first start, with no fault.
constexpr Nanos kPeaceTime = 1000 * kSecond;  ///< By when everybody is done after the faults have ended.
constexpr Nanos kVerifyTime = 600 * kSecond;
constexpr Nanos kGarbageTime = 400 * kSecond;  ///< Within which the collector looks once more.
constexpr Nanos kCollectTime = 120 * kSecond;  ///< For what dead servers left behind to be flushed and removed.

void PrintStep(const common::SimTrace::Step& step) {
  std::fprintf(stderr, "%llu %lld %.*s %.*s %.*s %llx\n", static_cast<unsigned long long>(step.number),
               static_cast<long long>(step.time), static_cast<int>(step.node.size()), step.node.data(),
               static_cast<int>(step.kind.size()), step.kind.data(), static_cast<int>(step.name.size()),
               step.name.data(), static_cast<unsigned long long>(step.value));
}

bool IsOfIndexes(Defect defect) {
  return defect == Defect::kIndexReadUnfilled;
}

/// One world and its people.
class Run {
 public:
  explicit Run(const RunOptions& options)
      : log_(stderr, common::LogStyle::kText),
        cluster_(options.seed, options.defect, options.prints_log ? &log_ : nullptr),
        relapses_(options.seed % 8 == 6),
        indexes_(options.defect ? IsOfIndexes(*options.defect) : options.seed % 8 == 1) {
    if (options.prints_trace) cluster_.scheduler().trace().SetSink(PrintStep);
    for (const char* node : {"client1", "client2"}) {
      clients_.push_back(std::make_unique<SimClient>(cluster_.machine(), node, cluster_.random().Next()));
      clients_.back()->SetClockOffset(static_cast<Nanos>(cluster_.random().Uniform(600)) * kMillisecond -
                                      300 * kMillisecond);
    }
  }

  RunReport Go() {
    violation_ = Live();
    RunReport report;
    report.violation = violation_;
    if (!violation_.empty()) report.violation.append("\n").append(cluster_.Describe());
    report.trace_hash = cluster_.scheduler().trace().hash();
    report.step_count = cluster_.scheduler().trace().count();
    for (const auto& workload : workloads_) report.operation_count += workload->operation_count();
    report.death_count = cluster_.death_count();
    report.virtual_time = cluster_.now();
    report.passed_fault_points = cluster_.PassedFaultPoints();
    return report;
  }

 private:
  std::string Live() {
    if (!cluster_.RunUntil([this] { return cluster_.AllUp(); }, cluster_.now() + kStartTime)) {
      return "the cluster does not start\n" + cluster_.Describe();
    }
    const Status made = cluster_.scheduler().Run(clients_[0]->node(), clients_[0]->CreateNamespace("/sim", kStartTime));
    if (!made.ok()) return "the namespace cannot be made: " + made.ToString();
    Populate();
    for (const auto& workload : workloads_) workload->Start();
    Torment();
    if (const std::string stuck = AwaitPeace(); !stuck.empty()) return stuck;
    if (const std::string wrong = FirstViolation(); !wrong.empty()) return wrong;
    if (const std::string wrong = VerifyAll(); !wrong.empty()) return wrong;
    if (const std::string wrong = CheckAll(); !wrong.empty()) return wrong;
    // What is true must still be true when everybody begins anew with what is on the disk.
    cluster_.PowerCut();
    if (const std::string wrong = VerifyAll(); !wrong.empty()) return wrong;
    return CheckAll();
  }

  void Populate() {
    std::vector<SimClient*> clients;
    for (const auto& client : clients_) clients.push_back(client.get());
    SeededRandom& random = cluster_.random();
    workloads_.push_back(std::make_unique<RegisterWorkload>(cluster_, clients, random.Next()));
    workloads_.push_back(std::make_unique<TokenWorkload>(cluster_, clients, random.Next()));
    workloads_.push_back(std::make_unique<DeleteWorkload>(cluster_, clients, random.Next()));
    workloads_.push_back(std::make_unique<ModelWorkload>(cluster_, clients, random.Next()));
    workloads_.push_back(std::make_unique<CounterWorkload>(cluster_, clients, random.Next()));
    workloads_.push_back(std::make_unique<NamesWorkload>(cluster_, clients, random.Next()));
    workloads_.push_back(std::make_unique<ScanWorkload>(cluster_, clients, random.Next()));
    workloads_.push_back(std::make_unique<TicketWorkload>(cluster_, clients, random.Next()));
    if (indexes_) workloads_.push_back(std::make_unique<IndexWorkload>(cluster_, clients, random.Next()));
  }

  bool AllIdle() const {
    return std::all_of(workloads_.begin(), workloads_.end(), [](const auto& workload) { return workload->idle(); });
  }
  std::string FirstViolation() const {
    if (!evil_violation_.empty()) return evil_violation_;
    for (const auto& workload : workloads_) {
      if (!workload->violation().empty()) return workload->violation();
    }
    return "";
  }
  /// Over, or wrong already.
  bool Ended() const { return AllIdle() || !FirstViolation().empty(); }

  bool AllAtWork() const {
    return std::all_of(workloads_.begin(), workloads_.end(),
                       [](const auto& workload) { return workload->operation_count() > 0; });
  }

  void Torment() {
    Nemesis nemesis(cluster_, {"client1", "client2"}, cluster_.random().Next(), relapses_, indexes_);
    if (nemesis.waits_for_work()) {
      const auto ready = [this] { return AllAtWork() || Ended(); };
      static_cast<void>(cluster_.RunUntil(ready, cluster_.now() + kStartTime));
    }
    const Nanos end = cluster_.now() + static_cast<Nanos>(8 + cluster_.random().Uniform(25)) * kSecond;
    Nanos next = cluster_.now();
    while (cluster_.now() < end && !Ended() && nemesis.violation().empty()) {
      static_cast<void>(
          cluster_.RunUntil([this, &nemesis] { return Ended() || nemesis.IsUrgent(); }, std::min(next, end)));
      next = nemesis.Strike();
    }
    nemesis.Relent();
    evil_violation_ = nemesis.violation();
    cluster_.OnNewLife(nullptr);
    // A range that was found damaged stays offline until its server starts anew.
    cluster_.Kill(Role::kRangeServer);
    cluster_.Kill(Role::kOtherRangeServer);
  }

  std::string AwaitPeace() {
    const Nanos deadline = cluster_.now() + kPeaceTime;
    const auto done = [this] { return !FirstViolation().empty() || (AllIdle() && cluster_.AllUp()); };
    if (cluster_.RunUntil(done, deadline)) return "";
    std::string busy;
    for (const auto& workload : workloads_) {
      if (!workload->idle()) busy.append(" ").append(workload->name());
    }
    return "not at peace long after the last fault; still busy:" + busy + "\n" + cluster_.Describe();
  }

  std::string VerifyAll() {
    for (const auto& workload : workloads_) workload->StartVerification();
    const bool ended = cluster_.RunUntil([this] { return AllIdle(); }, cluster_.now() + kVerifyTime);
    if (!ended) return "the verification does not end\n" + cluster_.Describe();
    return FirstViolation();
  }

  static bool IsGarbage(const check::Finding& finding) { return finding.rule == check::rule::kOrphan; }

  struct Check {
    std::optional<Result<check::CheckReport>> report;
    check::ClientClusterView view;

    explicit Check(client::ClientCore& client) : view(client) {}
  };

  static Task<void> RunCheck(std::shared_ptr<Check> check, check::CheckSeams seams, check::CheckOptions options) {
    auto report = co_await check::CheckCluster(seams, std::move(options));
    check->report.emplace(std::move(report));
  }

  /// METADATA tiles, every file that is named verifies, none unnamed is left (tools/check). What a life that had stood
  /// still wrote after the collector's look goes with the next one, which comes by the clock.
  std::string CheckAll() {
    bool only_garbage = false;
    const std::string found = CheckOnce(&only_garbage);
    if (!only_garbage) return found;
    cluster_.RunUntil([] { return false; }, cluster_.now() + kGarbageTime);
    return CheckOnce(&only_garbage);
  }

  std::string CheckOnce(bool* only_garbage) {
    SimClient& client = *clients_[0];
    auto check = std::make_shared<Check>(client.core());
    const check::CheckSeams seams{client.node(), check->view, cluster_.disk(), cluster_.disk()};
    check::CheckOptions options;
    options.cluster = cluster_.machine().cluster;
    options.patience = kCollectTime;
    client.Spawn(RunCheck(check, seams, std::move(options)));
    const bool ended = cluster_.RunUntil([&check] { return check->report.has_value(); }, cluster_.now() + kVerifyTime);
    if (!ended) return "the check of the cluster does not end\n" + cluster_.Describe();
    const auto& report = *check->report;
    if (!report.ok()) return "the cluster could not be checked: " + report.status().ToString();
    *only_garbage = !report->clean() && std::all_of(report->findings.begin(), report->findings.end(), IsGarbage);
    return report->clean() ? "" : "the check of the cluster found:\n" + check::ReportAsText(*report);
  }

  common::StreamLogSink log_;
  SimCluster cluster_;
  const bool
      relapses_;  ///< An eighth of the worlds. Those of the seeds that are kept (CMakeLists.txt) are as they were.
  /// An eighth too; with a defect all or none: a table with indexes changes what everybody else meets, and so which
  /// seed notices.
  const bool indexes_;
  std::vector<std::unique_ptr<Workload>> workloads_;
  std::vector<std::unique_ptr<SimClient>> clients_;  // go first: their coroutines use the workloads
  std::string violation_;
  std::string evil_violation_;  ///< What the nemesis itself saw.
};

}  // namespace

RunReport RunSeed(const RunOptions& options) {
  return std::make_unique<Run>(options)->Go();
}

}  // namespace cellar::sim
