#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "thrift/gateway/objects/client_objects.h"

namespace cellar::thrift {

/// Which clients there are: addresses with at least one connection, each with its objects. Thread-safe.
class ClientRegistry {
 public:
  ClientRegistry(ObjectIds& ids, ObjectCounts& counts, const Clock& clock, size_t max_objects)
      : ids_(ids), counts_(counts), clock_(clock), max_objects_(max_objects) {}

  void Connect(const std::string& address) EXCLUDES(mutex_);

  /// Of the last connection from an address: its objects, to be abandoned.
  ClientObjects::Objects Disconnect(const std::string& address) EXCLUDES(mutex_);

  /// Null when it has no connection.
  std::shared_ptr<ClientObjects> Find(const std::string& address) const EXCLUDES(mutex_);

  /// Objects of whatever client that were not used for so long, to be abandoned.
  ClientObjects::Objects RemoveIdle(Nanos unused_for) EXCLUDES(mutex_);

  size_t client_count() const EXCLUDES(mutex_);

 private:
  struct Entry {
    std::shared_ptr<ClientObjects> objects;
    size_t connections = 0;
  };

  ObjectIds& ids_;
  ObjectCounts& counts_;
  const Clock& clock_;
  const size_t max_objects_;
  mutable Mutex mutex_;
  std::map<std::string, Entry> clients_ GUARDED_BY(mutex_);
};

}  // namespace cellar::thrift
