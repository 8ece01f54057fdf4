#include "thrift/gateway/objects/client_registry.h"

#include <iterator>
#include <utility>

#include "common/base/check.h"

namespace cellar::thrift {

void ClientRegistry::Connect(const std::string& address) {
  const MutexLock lock(mutex_);
  Entry& entry = clients_[address];
  if (!entry.objects) entry.objects = std::make_shared<ClientObjects>(ids_, counts_, clock_, max_objects_);
  ++entry.connections;
}

ClientObjects::Objects ClientRegistry::Disconnect(const std::string& address) {
  std::shared_ptr<ClientObjects> objects;
  {
    const MutexLock lock(mutex_);
    const auto found = clients_.find(address);
    CHECK(found != clients_.end());
    if (--found->second.connections > 0) return {};
    objects = std::move(found->second.objects);
    clients_.erase(found);
  }
  return objects->Close();
}

std::shared_ptr<ClientObjects> ClientRegistry::Find(const std::string& address) const {
  const MutexLock lock(mutex_);
  const auto found = clients_.find(address);
  return found == clients_.end() ? nullptr : found->second.objects;
}

ClientObjects::Objects ClientRegistry::RemoveIdle(Nanos unused_for) {
  std::vector<std::shared_ptr<ClientObjects>> all;
  {
    const MutexLock lock(mutex_);
    for (const auto& [address, entry] : clients_) all.push_back(entry.objects);
  }
  const Nanos used_before = clock_.MonotonicNow() - unused_for;
  ClientObjects::Objects idle;
  for (const std::shared_ptr<ClientObjects>& objects : all) {
    ClientObjects::Objects of_one = objects->RemoveIdle(used_before);
    std::move(of_one.begin(), of_one.end(), std::back_inserter(idle));
  }
  return idle;
}

size_t ClientRegistry::client_count() const {
  const MutexLock lock(mutex_);
  return clients_.size();
}

}  // namespace cellar::thrift
