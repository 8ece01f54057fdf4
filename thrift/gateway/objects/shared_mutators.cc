#include "thrift/gateway/objects/shared_mutators.h"

#include <algorithm>
#include <utility>

namespace cellar::thrift {

client::MutatorOptions OptionsOf(int32_t flags) {
  client::MutatorOptions options;
  if ((flags & api::MutatorFlag::NO_LOG_SYNC) != 0) options.durability = model::Durability::kFlush;
  if ((flags & api::MutatorFlag::NO_LOG) != 0) options.durability = model::Durability::kNone;
  return options;
}

Result<std::shared_ptr<OpenMutator>> SharedMutators::Find(const std::string& path, const api::MutateSpec& spec) {
  const Key key(path, spec);
  {
    const MutexLock lock(mutex_);
    const auto found = mutators_.find(key);
    if (found != mutators_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<OpenMutator> made, OpenMutator::Open(tables_, path, OptionsOf(spec.flags), logger_));
  std::map<Key, std::shared_ptr<OpenMutator>> full;
  {
    const MutexLock lock(mutex_);
    if (mutators_.size() >= kMaxMutators) full.swap(mutators_);
    const auto [place, is_new] = mutators_.emplace(key, made);
    if (!is_new) return place->second;
  }
  for (const auto& [of, mutator] : full) mutator->FlushInBackground();
  flushes_.Add(made, std::max(spec.flush_interval, 1) * kMillisecond);
  return made;
}

Status SharedMutators::Refresh(const std::string& path, const api::MutateSpec& spec) {
  std::shared_ptr<OpenMutator> old;
  {
    const MutexLock lock(mutex_);
    const auto found = mutators_.find(Key(path, spec));
    if (found != mutators_.end()) {
      old = std::move(found->second);
      mutators_.erase(found);
    }
  }
  if (old) old->FlushInBackground();
  tables_.Forget(path);
  return Find(path, spec).status();
}

void SharedMutators::Close() {
  std::map<Key, std::shared_ptr<OpenMutator>> mutators;
  {
    const MutexLock lock(mutex_);
    mutators.swap(mutators_);
  }
  for (const auto& [key, mutator] : mutators) mutator->FlushInBackground();
}

}  // namespace cellar::thrift
