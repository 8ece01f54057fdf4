#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rpc/address.h"
#include "tests/support/child_process.h"

namespace cellar::tests {

struct ZooKeeperProcessOptions {
  int servers = 1;
  int tick_ms = 200;
  int max_session_ms = 600'000;
  bool tells_configuration = true;  ///< `conf` is in its 4lw.commands.whitelist.
};

/// A real ZooKeeper on loopback: one server or an ensemble, at free ports, in a temporary folder that goes with it. By
/// tests/support/zookeeper.py. A test fails, saying so, where ZooKeeper is not installed. Not thread-safe.
class ZooKeeperProcess final {
 public:
  explicit ZooKeeperProcess(ZooKeeperProcessOptions options = {});
  ~ZooKeeperProcess();
  ZooKeeperProcess(const ZooKeeperProcess&) = delete;
  ZooKeeperProcess& operator=(const ZooKeeperProcess&) = delete;

  int size() const { return static_cast<int>(processes_.size()); }
  std::vector<rpc::Address> addresses() const;

  /// Starts those that do not run. Waits until all that run serve.
  void Start();
  void Start(int index);  ///< This one alone, without waiting.
  void WaitUntilServing();
  /// kill -9 and wait.
  void Kill(int index);
  void KillAll();
  /// Returns when it has stopped, after SIGSTOP.
  void Signal(int index, int signal_number);
  /// Forgets all that was stored. All are killed before.
  void Wipe();
  /// Keeps a copy of what is stored, while nobody writes; and puts it back, when all have been killed.
  void Save();
  void Restore();
  /// -1: there is none.
  int Leader() const;

 private:
  std::unique_ptr<ChildProcess>& process(int index) { return processes_.at(static_cast<size_t>(index)); }
  bool Serves(int index) const;
  void CheckNoneRuns() const;
  std::string Backup() const { return folder_ + ".saved"; }
  std::string LogOf(int index) const;
  std::string ReadLog(int index) const;

  const ZooKeeperProcessOptions options_;
  std::string folder_;
  std::vector<uint16_t> ports_;
  int ports_lock_ = -1;
  std::vector<std::unique_ptr<ChildProcess>> processes_;  ///< Null: not running.
};

}  // namespace cellar::tests
