#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "client/cpp/include/client.h"
#include "client/cpp/include/table_cache.h"
#include "common/concurrency/mutex.h"
#include "common/logging/logger.h"
#include "common/random/random.h"
#include "hql/load/byte_stream.h"
#include "thrift/gateway/objects/client_objects.h"
#include "thrift/gateway/objects/open_mutator.h"
#include "thrift/gateway/objects/open_scanner.h"
#include "thrift/gateway/objects/periodic_flushes.h"
#include "thrift/gateway/objects/shared_mutators.h"

namespace cellar::thrift {

/// What the methods may be told by settings.
struct MethodOptions {
  std::string version = "0";          ///< The program's.
  size_t max_frame_bytes = 64 << 20;  ///< For server_version.
  BatchLimits batches;
  size_t future_capacity_bytes = 50'000'000;
  bool may_shut_down = false;
  UniqueFunction<void()> shut_down;

  MethodOptions() = default;
};

/// What all calls of one gateway share. Thread-safe.
struct MethodParts {
  client::Client& client;
  client::TableCache& tables;
  SharedMutators& shared_mutators;
  PeriodicFlushes& flushes;
  CallPool& pool;
  const Logger& logger;
  MethodOptions& options;
  hql::FileOpener& files;  ///< Those that statements name.
  Mutex& random_mutex;
  Random& random;  ///< Under random_mutex.
};

/// What a call is made on: its gateway and its client.
struct CallSite {
  MethodParts& parts;
  std::shared_ptr<ClientObjects> objects;

  /// The path of `name` in the namespace with this id; kInvalidArgument (0x90003).
  Result<std::string> PathOf(int64_t namespace_id, std::string_view name) const;

  /// A new UUID as text.
  std::string NewGuid() const;
};

}  // namespace cellar::thrift
