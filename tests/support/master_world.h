#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/concurrency/sim_scheduler.h"
#include "common/file/memory_file_system.h"
#include "lockservice/embedded/embedded_lock_service.h"
#include "lockservice/embedded/memory_lock_journal.h"
#include "master/service/master.h"
#include "model/schema.h"
#include "protocol/master/stub.h"
#include "rpc/memory/memory_transport.h"
#include "tests/support/fake_range_server.h"

namespace cellar::master {

/// For tests: a simulated world with a master's process (master and lock service), a FakeRangeServer that outlives it,
/// and a client. The process can die at a fault point and be started again on the same files. Driving thread only.
class MasterWorld {
 public:
  MasterWorld();
  ~MasterWorld();

  /// Starts the process and waits until the master is active. False: it died, or would not start (`refusal`).
  bool StartMaster();
  void StopMaster();
  /// The lock service forgets the master's session.
  void EndMasterSession();
  /// After a fault point has killed it: destroys what is left.
  void BuryMaster();
  bool dead() const { return process_ != nullptr && process_->node.IsDead(); }

  /// A new life of the fake range server as `location`; empty: wants one. False: the master died or refused.
  bool StartRangeServer(const std::string& location);
  /// Until every range is served, or named as a problem.
  void AwaitRecovery();
  /// Until the garbage collector has ended a pass after that.
  void AwaitCollection();
  /// All three.
  void StartAll();

  /// Answers of the master, kUnavailable when it dies meanwhile.
  Result<protocol::CreateTableResponse> CreateTable(const std::string& path, int64_t request);
  Status DropTable(const std::string& path, int64_t request, bool if_exists = false);
  Status RenameTable(const std::string& path, const std::string& new_path, int64_t request);
  Status CreateNamespace(const std::string& path, int64_t request, bool if_not_exists = false);
  Status DropNamespace(const std::string& path, int64_t request, bool if_exists = false);
  Result<protocol::AlterTableResponse> AlterTable(const std::string& path, int64_t request,
                                                  const model::SchemaDefinition& wanted, int64_t generation);
  Status SetReadOnly(std::optional<bool> read_only, int64_t request);
  Result<protocol::OpenTableResponse> OpenTable(const std::string& path);
  /// Names; namespaces with a '/' behind.
  std::vector<std::string> List(const std::string& path);
  protocol::MasterStatusResponse MasterStatus();

  template <typename T>
  T Ask(Task<T> call) {
    return world.Run(client_node, std::move(call));
  }
  Deadline In(Nanos time) { return Deadline::After(client_node.clock(), time); }

  Master& master() { return *process_->master; }
  LockService& locks() { return *process_->locks; }
  SimExecutor& master_node() { return process_->node; }

  SimScheduler world{11};
  MemoryFileSystem disk;
  rpc::MemoryNetwork network{world};
  FaultPoints faults;
  MasterOptions options;
  Status fatal;    ///< What on_fatal said.
  Status refusal;  ///< Why the last start came to nothing.
  lockservice::MemoryLockStore lock_store;
  SimExecutor client_node{world, "client"};
  SimExecutor server_node{world, "server"};
  std::unique_ptr<FakeRangeServer> range_server;
  protocol::MasterStub stub;

  static constexpr const char* kMasterAddress = "master:15862";
  static model::SchemaDefinition Definition(const std::vector<std::string>& families);

 private:
  /// One life. The files go after the node, whose jobs use them.
  struct Process {
    explicit Process(MasterWorld& outer);

    std::unique_ptr<ProcessView> files;
    MetricsRegistry metrics;
    SeededRandom random;  ///< Another one in each life: sessions are never used again.
    SimExecutor node;
    rpc::MemoryTransport transport;
    rpc::RpcClient rpc;
    std::unique_ptr<lockservice::LockServer> lock_server;
    std::unique_ptr<lockservice::EmbeddedLockService> locks;
    std::unique_ptr<Master> master;
    TaskGroup tasks;
  };
  Task<void> RunProcess();
  /// As the owner of the root range would, in its metalog.
  void WriteRootRecord(const model::Location& location, Incarnation incarnation);
  static protocol::RequestId IdOf(int64_t request);

  uint64_t lives_ = 0;
  rpc::MemoryTransport client_transport_{network, client_node};
  rpc::MemoryTransport server_transport_{network, server_node};
  SeededRandom client_random_{4};
  rpc::RpcClient client_{client_node, client_transport_, client_random_};
  std::unique_ptr<Process> process_;
};

}  // namespace cellar::master
