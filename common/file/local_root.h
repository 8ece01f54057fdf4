#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/file/local_descriptor.h"

namespace cellar::common {

/// A directory of the machine, and opening files below it: never above it, and never through a symbolic link, whatever
/// the path and whoever changes the tree meanwhile (openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS). Thread-safe.
class LocalRoot {
 public:
  /// kNotFound when there is no such directory; kUnsupported on a network file system, because a seal's mark is seen at
  /// once by processes of one kernel only.
  static Result<LocalRoot> Open(const std::string& system_path);

  /// openat2 below the root; O_CLOEXEC is added. `path` may be "" with O_DIRECTORY.
  Result<LocalDescriptor> OpenFile(std::string_view path, int flags, int mode = 0644) const;

  Result<LocalDescriptor> OpenDirectory(std::string_view path) const;

  /// fsync of the directory, so that its entries are durable.
  Status SyncDirectory(std::string_view path) const;

 private:
  explicit LocalRoot(LocalDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

  LocalDescriptor descriptor_;
};

}  // namespace cellar::common
