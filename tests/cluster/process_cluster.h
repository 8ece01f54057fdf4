#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/mutex.h"
#include "common/concurrency/parker.h"
#include "common/concurrency/thread.h"
#include "tests/cluster/mini_cluster.h"
#include "tests/support/child_process.h"

namespace cellar::tests {

enum class NodeRole { kLockService, kBroker, kMaster, kRangeServer, kGateway };

/// One process of a cluster.
struct NodeName {
  NodeRole role = NodeRole::kMaster;
  int index = 0;

  NodeName(NodeRole of_role, int number) : role(of_role), index(number) {}
  friend auto operator<=>(const NodeName&, const NodeName&) = default;
  std::string ToString() const;  ///< "master-1"
};

struct ProcessClusterOptions {
  std::string executable;        ///< `cellar`
  std::string zookeeper_script;  ///< tests/support/zookeeper.py
  std::string folder;            ///< Data and logs; made when there is none.
  int64_t port_offset = 0;       ///< Of the first node of each role; the next ones follow at distances of 10.
  int zookeepers = 1;            ///< 1 or 3; 0: `cellar lockservice run` instead.
  int masters = 2;
  int range_servers = 1;
  int gateways = 0;
  Nanos lease = 3 * kSecond;
  std::vector<std::string> settings;  ///< NAME=VALUE, of range servers.

  ProcessClusterOptions() = default;
};

/// Every role a process of its own, and a supervisor that starts again what has ended, as systemd would. Thread-safe.
class ProcessCluster final : public MiniCluster {
 public:
  /// Returns when every process has said that it is ready.
  static Result<std::unique_ptr<ProcessCluster>> Start(ProcessClusterOptions options);
  ~ProcessCluster() override;

  std::string url() const override;
  std::string password_file() const override;
  Status Restart() override;
  Status Check() override;

  std::vector<NodeName> nodes() const;

  /// SIGKILL and friends; the supervisor does the rest.
  void Signal(const NodeName& node, int number);
  /// Not started again once it has ended, until Keep.
  void GiveUp(const NodeName& node);
  void Keep(const NodeName& node);
  /// How many lives of the node have begun.
  int Lives(const NodeName& node) const;
  pid_t Pid(const NodeName& node) const;
  /// Adds a node that is started at once.
  Status Add(const NodeName& node);
  /// Until every node says that it is ready, after faults too.
  Status AwaitReady();
  /// Its status page, as text; empty when there is none.
  std::string StatusOf(const NodeName& node) const;
  /// Which master is active, by its status page; -1: none.
  int ActiveMaster() const;
  std::string LogPath(const NodeName& node) const;
  /// Of its status page; 0: a ZooKeeper has none.
  uint16_t HttpPort(const NodeName& node) const;

  /// Ends all in order: range servers, masters, broker, lock service.
  Status Stop();

 private:
  struct Node {
    std::unique_ptr<ChildProcess> process;
    int lives = 0;
    bool kept = true;  ///< Started again when it ended.
  };

  explicit ProcessCluster(ProcessClusterOptions options) : options_(std::move(options)) {}

  Status StartAll();
  Status Launch(const NodeName& name) REQUIRES(mutex_);
  std::vector<std::string> Command(const NodeName& name) const;
  std::vector<std::string> LockServiceCommand(int index) const;
  Status WritePassword() const;
  Status AwaitReady(const NodeName& name);
  int64_t Offset(const NodeName& name) const;
  int ZooKeeperPort(int index) const;
  void Supervise();

  const ProcessClusterOptions options_;
  mutable Mutex mutex_;
  std::map<NodeName, Node> nodes_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;  ///< Nothing is started again any more.
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<common::Thread> supervisor_;
};

}  // namespace cellar::tests
