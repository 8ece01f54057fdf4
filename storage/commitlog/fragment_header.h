#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "storage/commitlog/log_identity.h"

namespace cellar::storage {

inline constexpr size_t kFragmentHeaderBytes = 128;

/// The first bytes of a fragment: whose it is, and where its chain goes on backwards (docs/internals/commit-log.md).
struct FragmentHeader {
  LogIdentity identity;
  uint64_t number = 0;
  uint64_t predecessor_number = 0;  ///< 0: the first fragment of the log.
  uint64_t predecessor_bytes = 0;   ///< Valid length of the predecessor; nothing behind it is ever read.
  uint64_t pruned_up_to = 0;        ///< Fragments with this number or a lower one are not needed.
  uint64_t first_sequence = 1;      ///< Of the first block.

  friend bool operator==(const FragmentHeader&, const FragmentHeader&) = default;
};

/// kFragmentHeaderBytes bytes.
std::string EncodeFragmentHeader(const FragmentHeader& header);

/// Verifies and decodes. kCorruption when bytes do not verify or are missing (a torn header looks the same);
/// kUnsupported on a version, cipher or feature this build does not know. `path` is for messages.
Result<FragmentHeader> DecodeFragmentHeader(std::string_view bytes, std::string_view path);

}  // namespace cellar::storage
