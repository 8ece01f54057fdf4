#include "common/file/local_root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace cellar::common {
namespace {

constexpr long kCifsMagic = 0xff534d42;  // Not in linux/magic.h of every kernel.

int OpenBeneath(int root, const char* path, int flags, int mode) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.mode = (flags & O_CREAT) != 0 ? static_cast<uint64_t>(mode) : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  while (true) {
    const long fd = ::syscall(SYS_openat2, root, path, &how, sizeof(how));
    // EAGAIN: the tree was being renamed, so that the kernel could not tell.
    if (fd >= 0 || (errno != EINTR && errno != EAGAIN)) return static_cast<int>(fd);
  }
}

}  // namespace

Result<LocalRoot> LocalRoot::Open(const std::string& system_path) {
  LocalDescriptor descriptor(::open(system_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) return LocalError(errno, "open directory", system_path);
  struct statfs info {};
  if (::fstatfs(descriptor.get(), &info) != 0) return LocalError(errno, "stat", system_path);
  if (info.f_type == NFS_SUPER_MAGIC || info.f_type == SMB_SUPER_MAGIC || info.f_type == kCifsMagic) {
    return Unsupported("'" + system_path +
                       "' is on a network file system; local files need a disk of this machine, because the mark of a "
                       "seal must be seen at once by every process");
  }
  return LocalRoot(std::move(descriptor));
}

Result<LocalDescriptor> LocalRoot::OpenFile(std::string_view path, int flags, int mode) const {
  const std::string name = path.empty() ? "." : std::string(path);
  LocalDescriptor descriptor(OpenBeneath(descriptor_.get(), name.c_str(), flags, mode));
  if (!descriptor.is_open()) return LocalError(errno, (flags & O_CREAT) != 0 ? "create" : "open", path);
  return descriptor;
}

Result<LocalDescriptor> LocalRoot::OpenDirectory(std::string_view path) const {
  return OpenFile(path, O_RDONLY | O_DIRECTORY);
}

Status LocalRoot::SyncDirectory(std::string_view path) const {
  ASSIGN_OR_RETURN(const LocalDescriptor directory, OpenDirectory(path));
  return SyncLocal(directory.get(), path);
}

}  // namespace cellar::common
