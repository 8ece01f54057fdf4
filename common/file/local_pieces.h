#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <vector>

namespace cellar::common {

/// After a write that took `bytes` of them: takes these off the front of `pieces`, from `*first` on. There are that
/// many.
inline void AdvancePieces(std::vector<iovec>* pieces, size_t* first, size_t bytes) {
  while (*first < pieces->size() && bytes >= (*pieces)[*first].iov_len) bytes -= (*pieces)[(*first)++].iov_len;
  if (bytes == 0) return;
  iovec& piece = (*pieces)[*first];
  piece.iov_base = static_cast<char*>(piece.iov_base) + bytes;
  piece.iov_len -= bytes;
}

}  // namespace cellar::common
