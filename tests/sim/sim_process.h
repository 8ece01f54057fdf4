#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/concurrency/sim_executor.h"
#include "common/concurrency/task_group.h"
#include "common/fault/fault_points.h"
#include "common/file/faulty_file_system.h"
#include "common/file/memory_file_system.h"
#include "common/logging/logger.h"
#include "common/metrics/metrics_registry.h"
#include "lockservice/remote/remote_lock_service.h"
#include "rpc/memory/memory_transport.h"
#include "rpc/rpc_client.h"

namespace cellar::sim {

/// What the processes of one world share. Outlives them.
struct SimMachine {
  SimScheduler& scheduler;
  rpc::MemoryNetwork& network;
  MemoryFileSystem& disk;
  ClusterId cluster;
  LogSink* log = nullptr;  ///< Null: nobody reads it.
};

inline constexpr uint16_t kLockServicePort = 15861;

/// How a process of that cluster calls others.
rpc::RpcClientOptions CallingAs(const ClusterId& cluster);

/// One life of one process of the simulated cluster: an executor, files, the network, chance and fault points of its
/// own; a role is built on it. Dies by Kill, at any instant, also from one of its own works and jobs. The object goes
/// afterwards, on the driving thread between two works. Roles destroy themselves first (see ~SimRole).
class SimProcess {
 public:
  /// `node` names it for the network and the trace; lives that follow each other share the name. `file_faults` seeds
  /// what its files do by rules.
  SimProcess(const SimMachine& machine, std::string node, uint64_t seed);
  virtual ~SimProcess();

  /// Begins what the process is for. Runs on.
  void Start() {
    node_.Post([this] { tasks_.Spawn(RunAndNote(), "process"); });
  }

  /// How far its wall clock is off the machine's, and how much all its clocks gain, in parts per million.
  void SetClock(Nanos offset, int64_t rate);

  /// `kill -9`. The network tells its peers; a power cut, after which nobody does, is Kill(false).
  void Kill(bool peers_notice = true);

  /// SIGSTOP and SIGCONT.
  void Freeze() { node_.Freeze(); }
  void Thaw() { node_.Thaw(); }

  bool dead() const { return node_.IsDead(); }
  /// Run has ended: it serves, or cannot (`failure`).
  bool started() const { return started_; }
  const Status& failure() const { return failure_; }
  /// The role said by itself that it cannot go on, or did not start. To be killed and started anew.
  bool wants_restart() const { return wants_restart_; }

  SimExecutor& node() { return node_; }
  FaultPoints& faults() { return faults_; }
  FaultyFileSystem& files() { return *files_; }

 protected:
  virtual Task<Status> Run() = 0;
  /// The role's objects go, in the right order; the node is dead, its jobs have run out.
  virtual void DestroyRole() = 0;
  /// To be called first in the destructor of the class that has the role.
  void Bury();

  void Fail(const Status& why) {
    failure_ = why;
    wants_restart_ = true;
  }
  rpc::Address Listen(uint16_t port) const { return rpc::Address(node_.name(), port); }
  LockService& locks() { return locks_; }
  rpc::RpcClient& rpc() { return rpc_; }
  rpc::MemoryTransport& transport() { return transport_; }
  SeededRandom& chance() { return random_; }
  MetricsRegistry& metrics() { return metrics_; }
  const SimMachine& machine() const { return machine_; }
  Logger logger() const {
    return machine_.log == nullptr ? Logger()
                                   : Logger(*machine_.log, node_.clock(), common::LogLevel::kInfo, node_.name());
  }

 private:
  Task<void> RunAndNote();

  const SimMachine machine_;
  const Nanos began_at_;
  std::unique_ptr<ProcessView> view_;
  std::unique_ptr<FaultyFileSystem> files_;
  FaultPoints faults_;
  MetricsRegistry metrics_;
  SeededRandom random_;
  SimExecutor node_;
  rpc::MemoryTransport transport_;
  rpc::RpcClient rpc_;
  lockservice::RemoteLockService locks_;
  bool started_ = false;
  bool wants_restart_ = false;
  bool buried_ = false;
  Status failure_;
  TaskGroup tasks_;
};

}  // namespace cellar::sim
