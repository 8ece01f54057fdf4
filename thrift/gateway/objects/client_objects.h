#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "common/metrics/metrics_registry.h"
#include "thrift/gateway/objects/object_id.h"

namespace cellar::thrift {

/// Something that a client holds an id of. Thread-safe: ids are shared by all connections from one address.
class GatewayObject {
 public:
  virtual ~GatewayObject() = default;

  /// Its id was forgotten without a call of the client's: ends what goes on, saves what was set. Once; may block.
  virtual void Abandon() {}

 private:
  friend class ClientObjects;
  Nanos used_at_ = 0;  ///< Guarded by its table.
};

/// How many objects there are, for all clients together.
class ObjectCounts {
 public:
  explicit ObjectCounts(MetricsRegistry& registry);

  void Add(ObjectKind kind, int64_t delta);
  int64_t count(ObjectKind kind) const { return gauges_[static_cast<size_t>(kind)]->value(); }
  int64_t total() const;

 private:
  std::array<Gauge*, kObjectKindCount + 1> gauges_{};
};

/// The objects of one client address. Thread-safe. Objects are given back to the caller to be let go, since that may
/// block.
class ClientObjects {
 public:
  /// Borrows all it is given.
  ClientObjects(ObjectIds& ids, ObjectCounts& counts, const Clock& clock, size_t max_objects)
      : ids_(ids), counts_(counts), clock_(clock), max_objects_(max_objects) {}
  ~ClientObjects();

  /// Its id. kBusy (44) when there are too many; kCancelled when the client is gone.
  template <typename T>
  Result<int64_t> Add(std::shared_ptr<T> object) {
    return AddAny(std::move(object), T::kKind);
  }

  /// kInvalidArgument (the kind's code) when there is none of this kind and id.
  template <typename T>
  Result<std::shared_ptr<T>> Find(int64_t id) {
    ASSIGN_OR_RETURN(std::shared_ptr<GatewayObject> object, FindAny(id, T::kKind, /*remove=*/false));
    return std::static_pointer_cast<T>(std::move(object));
  }

  /// The same, and forgets the id.
  template <typename T>
  Result<std::shared_ptr<T>> Remove(int64_t id) {
    ASSIGN_OR_RETURN(std::shared_ptr<GatewayObject> object, FindAny(id, T::kKind, /*remove=*/true));
    return std::static_pointer_cast<T>(std::move(object));
  }

  using Objects = std::vector<std::shared_ptr<GatewayObject>>;

  /// Forgets all; nothing can be added any more.
  Objects Close() EXCLUDES(mutex_);

  /// Forgets those of other kinds than namespaces that were last used before `used_before`.
  Objects RemoveIdle(Nanos used_before) EXCLUDES(mutex_);

  size_t size() const EXCLUDES(mutex_);

 private:
  Result<int64_t> AddAny(std::shared_ptr<GatewayObject> object, ObjectKind kind) EXCLUDES(mutex_);
  Result<std::shared_ptr<GatewayObject>> FindAny(int64_t id, ObjectKind kind, bool remove) EXCLUDES(mutex_);

  ObjectIds& ids_;
  ObjectCounts& counts_;
  const Clock& clock_;
  const size_t max_objects_;
  mutable Mutex mutex_;
  std::map<int64_t, std::shared_ptr<GatewayObject>> objects_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace cellar::thrift
