#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/base/result.h"

namespace cellar::common {

/// A mistake that can be planted on purpose, to prove that the simulation finds it. Each breaks one rule at the one
/// place that asks `faults.Planted(Defect::k…)`; docs/internals/faults.md says which rule.
enum class Defect : uint8_t {
  kAckBeforeSync,
  kRetryFailedSync,
  kNoDirectorySync,
  kSkipChecksum,
  kTombstoneDroppedEarly,
  kReplayTwiceAppliesTwice,
  kVisibleBeforeDurable,
  kLogPrunedBeforeManifest,
  kFlushedRevisionAsFileMaximum,
  kRefusedRowLogged,
  kBatchHalfReplayed,
  kDedupWindowLost,
  kSealInMemoryOnly,
  kLengthReadBeforeSeal,
  kLeaseCheckedPerScanner,
  kRenewalByPing,
  kRenewalWithoutHolds,
  kTermFromLockServiceOnly,
  kDeposedMasterWrites,
  kCreateAppliedTwice,
  kIncarnationReused,
  kRowNotHeld,
  kIndexReadUnfilled
};

/// "ack-before-sync"
std::string_view DefectName(Defect defect);

/// kInvalidArgument listing the names when there is no such one.
Result<Defect> ParseDefect(std::string_view name);

std::span<const Defect> AllDefects();

}  // namespace cellar::common

namespace cellar {
using common::Defect;
}  // namespace cellar
