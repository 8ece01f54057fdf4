#include "common/file/local_files.h"

#include <errno.h>
#include <limits.h>
#include <sys/uio.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "common/file/local_pieces.h"

namespace cellar::common {
namespace {

constexpr size_t kMaxPiecesPerCall = 1'024;
static_assert(kMaxPiecesPerCall <= IOV_MAX);

}  // namespace

Result<uint64_t> LocalWritableFile::Append(std::span<const std::string_view> pieces) {
  RETURN_IF_ERROR(failure_);
  const uint64_t offset = length_bytes_;
  failure_ = WritePieces(pieces);
  RETURN_IF_ERROR(failure_);
  return offset;
}

Status LocalWritableFile::WritePieces(std::span<const std::string_view> pieces) {
  std::vector<iovec> vectors;
  vectors.reserve(pieces.size());
  for (const std::string_view piece : pieces) {
    if (!piece.empty()) vectors.push_back({.iov_base = const_cast<char*>(piece.data()), .iov_len = piece.size()});
  }
  for (size_t first = 0; first < vectors.size();) {
    const int count = static_cast<int>(std::min(vectors.size() - first, kMaxPiecesPerCall));
    const ssize_t written = ::pwritev(descriptor_.get(), &vectors[first], count, static_cast<off_t>(length_bytes_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return LocalError(written < 0 ? errno : EIO, "append to", path_, length_bytes_);
    length_bytes_ += static_cast<uint64_t>(written);
    AdvancePieces(&vectors, &first, static_cast<size_t>(written));
  }
  return Status();
}

Status LocalWritableFile::Sync() {
  RETURN_IF_ERROR(failure_);
  if (synced_bytes_ != length_bytes_) {
    failure_ = SyncDataLocal(descriptor_.get(), path_);
    RETURN_IF_ERROR(failure_);
    synced_bytes_ = length_bytes_;
  }
  if (on_data_synced_) on_data_synced_();
  failure_ = fence_.CheckSync(incarnation_);
  return failure_;
}

Status LocalWritableFile::Close() {
  if (failure_.ok()) failure_ = IoError("'" + path_ + "' is closed");
  return descriptor_.Close(path_);
}

Result<size_t> LocalReadableFile::Read(uint64_t offset, size_t size, char* out) const {
  if (offset > static_cast<uint64_t>(std::numeric_limits<off_t>::max()) - size) return size_t{0};
  ASSIGN_OR_RETURN(const size_t read, ReadLocal(descriptor_.get(), path_, offset, size, out));
  // Asked after the read: bytes that a seal cut off meanwhile are not handed on.
  ASSIGN_OR_RETURN(const uint64_t visible_end, fence_.VisibleLength(offset + read));
  return visible_end <= offset ? size_t{0} : static_cast<size_t>(visible_end - offset);
}

Result<uint64_t> LocalReadableFile::Length() const {
  ASSIGN_OR_RETURN(const struct stat info, StatLocal(descriptor_.get(), path_));
  return fence_.VisibleLength(static_cast<uint64_t>(info.st_size));
}

}  // namespace cellar::common
