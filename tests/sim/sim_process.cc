#include "tests/sim/sim_process.h"

#include <utility>

#include "common/base/check.h"
#include "common/concurrency/scheduling_point.h"

namespace cellar::sim {
namespace {

lockservice::RemoteLockServiceOptions LockOptions(const FaultPoints& faults) {
  lockservice::RemoteLockServiceOptions options;
  options.faults = &faults;
  return options;
}

void SleepInJob(Nanos delay) {
  if (common::thread_scheduling.hook != nullptr) common::thread_scheduling.hook->Sleep(delay, "fault point");
}

}  // namespace

SimProcess::SimProcess(const SimMachine& machine, std::string node, uint64_t seed)
    : machine_(machine),
      began_at_(machine.scheduler.now()),
      view_(machine.disk.NewProcess()),
      files_(std::make_unique<FaultyFileSystem>(*view_, seed)),
      faults_(FaultPoints::Hooks{[this](std::string_view) { Kill(); }, &SleepInJob}, seed),
      random_(seed),
      node_(machine.scheduler, std::move(node)),
      transport_(machine.network, node_),
      rpc_(node_, transport_, random_, CallingAs(machine.cluster)),
      locks_(node_, rpc_, rpc::Address("lockservice", kLockServicePort), LockOptions(faults_)),
      tasks_(node_) {
  faults_.StartCounting();
  SetClock(0, 0);
}

SimProcess::~SimProcess() {
  CHECK(buried_);
}

rpc::RpcClientOptions CallingAs(const ClusterId& cluster) {
  rpc::RpcClientOptions options;
  options.hello.cluster = cluster;
  return options;
}

Task<void> SimProcess::RunAndNote() {
  const Status status = co_await Run();
  if (!status.ok()) Fail(status);
  started_ = true;
}

void SimProcess::SetClock(Nanos offset, int64_t rate) {
  // A node's clocks begin with it; the machine's wall clock goes on.
  node_.sim_clock().SetWallOffset(began_at_ + offset);
  node_.sim_clock().SetRate(rate);
}

void SimProcess::Kill(bool peers_notice) {
  if (node_.IsDead()) return;
  view_->Kill();
  node_.Kill();
  if (peers_notice) machine_.network.CutAll(node_.name());
}

void SimProcess::Bury() {
  Kill();
  faults_.DisarmAll();  // a job that pauses would do so for ever
  node_.RunOutJobs();
  tasks_.DestroyAll();
  DestroyRole();
  buried_ = true;
}

}  // namespace cellar::sim
