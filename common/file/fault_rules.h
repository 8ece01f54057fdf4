#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "common/concurrency/mutex.h"
#include "common/file/fault_rule.h"
#include "common/random/random.h"

namespace cellar::common {

/// The rules of a FaultyFileSystem and what they have counted. Thread-safe. Shared with the handles.
class FaultRules {
 public:
  /// What happens to one call.
  struct Verdict {
    std::optional<FileFault> fault;  ///< None: the call goes through.
    Status status;                   ///< The answer of a failing one.
    bool poisons_handle = true;
    uint64_t draw = 0;  ///< For the length of a short append, the place of a flipped bit.
  };

  explicit FaultRules(uint64_t seed) : random_(seed) {}

  FaultRuleId Add(FaultRule rule);
  void Remove(FaultRuleId id);
  void Clear();
  uint64_t fired_count(FaultRuleId id) const;
  uint64_t call_count(FileOperation operation) const;

  /// Counts the call, finds the first rule that fires and calls its hook.
  Verdict Judge(FileOperation operation, std::string_view path);

 private:
  struct CountedRule {
    FaultRule rule;
    uint64_t matched_count = 0;
    uint64_t fired_count = 0;
  };

  bool Fires(CountedRule& counted, FileOperation operation, std::string_view path) REQUIRES(mutex_);

  mutable Mutex mutex_;
  SeededRandom random_ GUARDED_BY(mutex_);
  std::map<FaultRuleId, CountedRule> rules_ GUARDED_BY(mutex_);
  uint64_t next_id_ GUARDED_BY(mutex_) = 1;
  std::array<uint64_t, kFileOperationCount> call_counts_ GUARDED_BY(mutex_){};
};

}  // namespace cellar::common
