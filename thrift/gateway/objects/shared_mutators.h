#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>

#include "client/cpp/include/table_cache.h"
#include "common/concurrency/mutex.h"
#include "common/logging/logger.h"
#include "thrift/gateway/objects/open_mutator.h"
#include "thrift/gateway/objects/periodic_flushes.h"
#include "thrift/gateway/translate/api.h"

namespace cellar::thrift {

/// How the flags of a mutator (MutatorFlag) change its durability.
client::MutatorOptions OptionsOf(int32_t flags);

/// The mutators that all clients share, by table and MutateSpec. Thread-safe. Borrows all it is given.
class SharedMutators {
 public:
  static constexpr size_t kMaxMutators = 1000;  ///< At the bound all are flushed and made anew when wanted.

  SharedMutators(client::TableCache& tables, PeriodicFlushes& flushes, Logger logger)
      : tables_(tables), flushes_(flushes), logger_(std::move(logger)) {}

  Result<std::shared_ptr<OpenMutator>> Find(const std::string& path, const api::MutateSpec& spec) EXCLUDES(mutex_);

  /// Another one in its place; the old one is flushed.
  Status Refresh(const std::string& path, const api::MutateSpec& spec) EXCLUDES(mutex_);

  /// Flushes all and forgets them.
  void Close() EXCLUDES(mutex_);

 private:
  struct Key {
    std::string path;
    std::string appname;
    int32_t flush_interval = 0;
    int32_t flags = 0;

    Key(std::string path_in, const api::MutateSpec& spec)
        : path(std::move(path_in)), appname(spec.appname), flush_interval(spec.flush_interval), flags(spec.flags) {}
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  client::TableCache& tables_;
  PeriodicFlushes& flushes_;
  const Logger logger_;
  Mutex mutex_;
  std::map<Key, std::shared_ptr<OpenMutator>> mutators_ GUARDED_BY(mutex_);
};

}  // namespace cellar::thrift
