#include "thrift/gateway/objects/client_objects.h"

#include "common/base/check.h"
#include "thrift/gateway/translate/error_codes.h"

namespace cellar::thrift {
namespace {

constexpr auto kObjects =
    common::GaugeMetric("cellar_gateway_objects", "objects", "objects that clients hold ids of, by kind");

constexpr ObjectKind kKinds[] = {ObjectKind::kNamespace, ObjectKind::kScanner,      ObjectKind::kAsyncScanner,
                                 ObjectKind::kMutator,   ObjectKind::kAsyncMutator, ObjectKind::kFuture};

ObjectKind KindOf(int64_t id) {
  return static_cast<ObjectKind>(id & 7);
}

}  // namespace

std::string_view ObjectKindName(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kNamespace:
      return "namespace";
    case ObjectKind::kScanner:
      return "scanner";
    case ObjectKind::kAsyncScanner:
      return "async scanner";
    case ObjectKind::kMutator:
      return "mutator";
    case ObjectKind::kAsyncMutator:
      return "async mutator";
    case ObjectKind::kFuture:
      return "future";
  }
  return "object";
}

int32_t BadIdCode(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kNamespace:
      return kBadNamespaceId;
    case ObjectKind::kScanner:
    case ObjectKind::kAsyncScanner:
      return kBadScannerId;
    case ObjectKind::kMutator:
    case ObjectKind::kAsyncMutator:
      return kBadMutatorId;
    case ObjectKind::kFuture:
      return kBadFutureId;
  }
  return kFailedExpectation;
}

ObjectCounts::ObjectCounts(MetricsRegistry& registry) {
  for (const ObjectKind kind : kKinds) {
    gauges_[static_cast<size_t>(kind)] = &registry.AddGauge(kObjects, {{"kind", std::string(ObjectKindName(kind))}});
  }
}

void ObjectCounts::Add(ObjectKind kind, int64_t delta) {
  gauges_[static_cast<size_t>(kind)]->Add(delta);
}

int64_t ObjectCounts::total() const {
  int64_t total = 0;
  for (const ObjectKind kind : kKinds) total += count(kind);
  return total;
}

ClientObjects::~ClientObjects() {
  CHECK(objects_.empty());
}

Result<int64_t> ClientObjects::AddAny(std::shared_ptr<GatewayObject> object, ObjectKind kind) {
  const MutexLock lock(mutex_);
  if (closed_) return common::Cancelled("the client is gone");
  if (objects_.size() >= max_objects_) {
    return common::Busy(std::to_string(max_objects_) + " objects are open for this client (gateway.max_objects)")
        .WithDetail(kNotAllowed);
  }
  const int64_t id = ids_.Next(kind);
  object->used_at_ = clock_.MonotonicNow();
  objects_.emplace(id, std::move(object));
  counts_.Add(kind, 1);
  return id;
}

Result<std::shared_ptr<GatewayObject>> ClientObjects::FindAny(int64_t id, ObjectKind kind, bool remove) {
  const MutexLock lock(mutex_);
  const auto found = ObjectIds::IsOf(id, kind) ? objects_.find(id) : objects_.end();
  if (found == objects_.end()) {
    return common::InvalidArgument("there is no " + std::string(ObjectKindName(kind)) + " " + std::to_string(id))
        .WithDetail(BadIdCode(kind));
  }
  std::shared_ptr<GatewayObject> object = found->second;
  object->used_at_ = clock_.MonotonicNow();
  if (remove) {
    objects_.erase(found);
    counts_.Add(kind, -1);
  }
  return object;
}

ClientObjects::Objects ClientObjects::Close() {
  const MutexLock lock(mutex_);
  closed_ = true;
  Objects objects;
  for (auto& [id, object] : objects_) {
    objects.push_back(std::move(object));
    counts_.Add(KindOf(id), -1);
  }
  objects_.clear();
  return objects;
}

ClientObjects::Objects ClientObjects::RemoveIdle(Nanos used_before) {
  const MutexLock lock(mutex_);
  Objects objects;
  for (auto it = objects_.begin(); it != objects_.end();) {
    const ObjectKind kind = KindOf(it->first);
    if (kind == ObjectKind::kNamespace || it->second->used_at_ >= used_before) {
      ++it;
      continue;
    }
    objects.push_back(std::move(it->second));
    counts_.Add(kind, -1);
    it = objects_.erase(it);
  }
  return objects;
}

size_t ClientObjects::size() const {
  const MutexLock lock(mutex_);
  return objects_.size();
}

}  // namespace cellar::thrift
