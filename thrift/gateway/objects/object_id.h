#pragma once

#include <atomic>
#include <cstdint>

#include "common/time/clock.h"

namespace cellar::thrift {

enum class ObjectKind : uint8_t {
  kNamespace = 1,
  kScanner = 2,
  kAsyncScanner = 3,
  kMutator = 4,
  kAsyncMutator = 5,
  kFuture = 6,
};
inline constexpr int kObjectKindCount = 6;

std::string_view ObjectKindName(ObjectKind kind);  ///< "namespace", "async scanner".

/// The public error number for an id that is of no object of this kind.
int32_t BadIdCode(ObjectKind kind);

/// Gives ids out: one counter, with the kind in the lowest three bits, so that an id of one kind is none of another. It
/// starts where the wall clock says, so that the ids of an earlier process are not given again; below 2^53, which is as
/// far as some clients' numbers reach. Thread-safe.
class ObjectIds {
 public:
  explicit ObjectIds(Nanos wall_now) : next_((wall_now / kSecond) << kIdsASecondBits) {}

  int64_t Next(ObjectKind kind) { return (++next_ << kKindBits) | static_cast<int64_t>(kind); }

  static bool IsOf(int64_t id, ObjectKind kind) { return (id & ((1 << kKindBits) - 1)) == static_cast<int64_t>(kind); }

 private:
  static constexpr int kKindBits = 3;
  static constexpr int kIdsASecondBits = 17;

  std::atomic<int64_t> next_;
};

}  // namespace cellar::thrift
