#include "rpc/memory/memory_network.h"

#include "rpc/memory/memory_end.h"

namespace cellar::rpc {

MemoryNetwork::MemoryNetwork(SimScheduler& world) : world_(world), random_(world.random().Fork()) {}

MemoryNetwork::~MemoryNetwork() = default;

Nanos MemoryNetwork::Delay(const std::string& from, const std::string& to) {
  const LinkFaults& faults = faults_.Of(from, to);
  const Nanos spread = faults.max_delay - faults.min_delay;
  return faults.min_delay + (spread <= 0 ? 0 : static_cast<Nanos>(random_.Uniform(static_cast<uint64_t>(spread) + 1)));
}

void MemoryNetwork::AddEnd(const std::shared_ptr<MemoryEnd>& end) {
  ends_.emplace(++last_end_, end);
}

void MemoryNetwork::Cut(const std::string& node, const std::string& other) {
  for (auto entry = ends_.begin(); entry != ends_.end();) {
    const std::shared_ptr<MemoryEnd> end = entry->second.lock();
    if (end == nullptr) {
      entry = ends_.erase(entry);
      continue;
    }
    if (end->node_name() == node && (other.empty() || end->peer_node() == other)) end->Cut();
    ++entry;
  }
}

void MemoryNetwork::CutAll(const std::string& node) {
  Cut(node, "");
}

}  // namespace cellar::rpc
