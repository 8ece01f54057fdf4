#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/commitlog/block_header.h"

namespace cellar::storage {

inline constexpr size_t kIndexFooterBytes = 24;

/// Stands at the very end of a fragment that was closed in order, and says where its index block begins.
struct IndexFooter {
  uint64_t block_offset = 0;
  uint64_t block_bytes = 0;
};

/// The payload of an index block: zeros and the footer, so that the footer's end is the block's. `header` has its
/// offset and directory_bytes set.
std::string EncodeIndexFooter(const BlockHeader& header, const FragmentBinding& binding);

/// The footer in the kIndexFooterBytes before `end`; nothing when they do not verify as one.
std::optional<IndexFooter> DecodeIndexFooter(std::string_view bytes, const FragmentBinding& binding, uint64_t end);

}  // namespace cellar::storage
