#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "hql/load/byte_stream.h"

namespace cellar::hql {

// Files of this machine as streams of bytes, for those who open files.

/// What went to files, for whoever shows how far a statement is.
struct FileTraffic {
  std::atomic<uint64_t> bytes_written = 0;

  FileTraffic() = default;
};

/// The error in errno as that of a file which a statement names: 12 when it is not there, else 5.
Status FileError(const std::string& name, std::string_view what);

/// Reads from a descriptor. `cancel_fd`: readable when nobody wants to wait any longer; -1 for files that never keep
/// one waiting. `owned`: it is closed in the end.
std::unique_ptr<ByteSource> NewFileSource(std::string name, int fd, bool owned, std::optional<uint64_t> total_bytes,
                                          int cancel_fd = -1);

/// Where a sink writes to.
struct WriteTarget {
  int fd = -1;
  int directory = -1;     ///< An open one that `path` and `temporary` count from, closed in the end; -1: the process's.
  std::string path;       ///< What the file is to be called.
  std::string temporary;  ///< What it is called until it is whole; empty when written in place.

  WriteTarget() = default;
};

/// Makes the file beside `target->path` that is to take its place, ".NAME.PID.N.part": sets `temporary` and `fd`.
Status OpenTemporary(const std::string& name, WriteTarget* target);

/// Writes to the target; Finish syncs it and gives it its name, anything else removes it. `traffic`: where it counts,
/// or nullptr.
std::unique_ptr<ByteSink> NewFileSink(std::string name, WriteTarget target, FileTraffic* traffic);

}  // namespace cellar::hql
