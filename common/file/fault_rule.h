#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

#include "common/base/named_type.h"
#include "common/base/status.h"

namespace cellar::common {

/// The calls that a rule can be about.
enum class FileOperation : uint8_t {
  kCreate,
  kOpen,
  kCreateDirectories,
  kList,
  kExists,
  kRemove,
  kRemoveDirectory,
  kSeal,
  kAppend,
  kSync,
  kClose,
  kRead,
  kLength,
};
inline constexpr int kFileOperationCount = 13;

/// What a rule does to the call it fires on.
enum class FileFault : uint8_t {
  kFail,         ///< Answers `code`; nothing happens below.
  kDoThenFail,   ///< It happens below, and the answer is `code` all the same: the outcome is unknown to the caller.
  kShortAppend,  ///< Of an Append: a drawn part arrives, the answer is `code`.
  kFlipBit,      ///< Of a Read: one drawn bit of what was read is wrong. No error.
  kHookOnly,     ///< Only calls `hook`: delays, counts, crashes at a named call.
};

/// "On the k-th append to a path like log/*, fail." Fires on calls of `operation` whose path matches, after the first
/// `skip_count` of them, on one in `one_in` drawn, at most `fire_count` times.
struct FaultRule {
  FileOperation operation = FileOperation::kAppend;
  std::string path_pattern = "*";  ///< '*' stands for any bytes, also none and '/'; the rest for itself.
  FileFault fault = FileFault::kFail;
  StatusCode code = StatusCode::kIoError;
  uint64_t skip_count = 0;
  uint64_t fire_count = std::numeric_limits<uint64_t>::max();
  uint64_t one_in = 1;

  /// False: the handle goes on after a failed Append or Sync, as a kernel's does whose fsync reports an error once and
  /// forgets it. For the planted defect "retry-failed-sync", together with MemoryFileSystem::LoseUnsynced in `hook`.
  bool poisons_handle = true;

  /// Called first when the rule fires, on the caller's thread and without a lock; gets the path.
  std::function<void(std::string_view path)> hook;
};

using FaultRuleId = NamedType<uint64_t, struct FaultRuleIdTag>;

/// True when `text` matches `pattern`, in which '*' stands for any bytes.
bool MatchesPathPattern(std::string_view text, std::string_view pattern);

}  // namespace cellar::common

namespace cellar {
using common::FaultRule;
using common::FileFault;
using common::FileOperation;
}  // namespace cellar
