#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/concurrency/sim_scheduler.h"
#include "rpc/memory/network_faults.h"
#include "rpc/transport.h"

namespace cellar::rpc {

class MemoryListener;
class MemoryEnd;

/// The network of one simulated world. Frames travel as bytes through the real codec, arrive after a delay in virtual
/// time, on the receiving node's loop, and meet the faults of the pair. Owned by the harness, outlives the nodes.
class MemoryNetwork {
 public:
  explicit MemoryNetwork(SimScheduler& world);
  ~MemoryNetwork();

  NetworkFaults& faults() { return faults_; }

  /// Breaks the connections between two nodes, or all of one. Each side learns of it after the usual delay, a blocked
  /// or dead one never. Call it for a crashed process, whose machine says so; not for one that lost power.
  void Cut(const std::string& node, const std::string& other);
  void CutAll(const std::string& node);

  SimScheduler& world() { return world_; }
  SeededRandom& random() { return random_; }

 private:
  friend class MemoryTransport;
  friend class MemoryListener;
  friend class MemoryEnd;

  Nanos Delay(const std::string& from, const std::string& to);
  void AddEnd(const std::shared_ptr<MemoryEnd>& end);

  SimScheduler& world_;
  SeededRandom random_;
  NetworkFaults faults_;
  std::map<Address, MemoryListener*> listeners_;
  std::map<uint64_t, std::weak_ptr<MemoryEnd>> ends_;
  uint64_t last_end_ = 0;
  uint16_t last_port_ = 40'000;
};

}  // namespace cellar::rpc
