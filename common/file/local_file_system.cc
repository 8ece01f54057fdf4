#include "common/file/local_file_system.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "common/file/local_files.h"
#include "common/file/local_sealer.h"
#include "common/file/path.h"

namespace cellar::common {
namespace {

constexpr int kMaxDepth = 64;  // Of a tree being removed; our own paths are at most kMaxPathComponents deep.

Result<struct stat> StatEntry(int directory, const std::string& name, std::string_view path) {
  struct stat info {};
  if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return LocalError(errno, "stat", path);
  return info;
}

Status Unlink(int directory, std::string_view name, int flags, std::string_view path) {
  if (::unlinkat(directory, std::string(name).c_str(), flags) == 0 || errno == ENOENT) return Status();
  return LocalError(errno, "remove", path);
}

/// Removes everything in the directory; the mark last, so that the fence stands until the end.
Status EmptyDirectory(int directory, std::string_view path, int depth) {
  if (depth > kMaxDepth) return IoError("'" + std::string(path) + "' is too deep to remove");
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesLocal(directory, path));
  for (const std::string& name : names) {
    if (name == kSealMarkName) continue;
    const std::string child = JoinPath(path, name);
    const Result<struct stat> info = StatEntry(directory, name, child);
    if (info.status().Is(StatusCode::kNotFound)) continue;
    RETURN_IF_ERROR(info.status());
    const bool is_directory = S_ISDIR(info->st_mode);
    if (is_directory) {
      const int fd = ::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      const LocalDescriptor inner(fd);
      if (!inner.is_open()) return LocalError(errno, "open directory", child);
      RETURN_IF_ERROR(EmptyDirectory(inner.get(), child, depth + 1));
    }
    RETURN_IF_ERROR(Unlink(directory, name, is_directory ? AT_REMOVEDIR : 0, child));
  }
  return Unlink(directory, kSealMarkName, 0, path);
}

}  // namespace

Result<std::unique_ptr<LocalFileSystem>> LocalFileSystem::OpenRoot(const std::string& root,
                                                                   LocalFileSystemOptions options) {
  ASSIGN_OR_RETURN(LocalRoot opened, LocalRoot::Open(root));
  return std::unique_ptr<LocalFileSystem>(new LocalFileSystem(std::move(opened), std::move(options)));
}

Result<std::unique_ptr<WritableFile>> LocalFileSystem::Create(std::string_view path, Incarnation incarnation) {
  RETURN_IF_ERROR(ValidatePath(path));
  Result<LocalFence> marks = marks_.Above(path, /*create=*/true);
  if (!marks.ok()) return std::move(marks).status().WithContext("create '" + std::string(path) + "'");
  LocalFence fence = std::move(marks).value();
  RETURN_IF_ERROR(fence.CheckCreate(incarnation));
  if (options_.on_step) options_.on_step(LocalStep::kCreating);
  ASSIGN_OR_RETURN(LocalDescriptor descriptor, root_.OpenFile(path, O_WRONLY | O_CREAT | O_EXCL));
  RETURN_IF_ERROR(SyncLocal(descriptor.get(), path));
  RETURN_IF_ERROR(root_.SyncDirectory(ParentPath(path)));
  if (options_.on_step) options_.on_step(LocalStep::kFileCreated);
  Status fenced = fence.CheckSync(incarnation);
  if (!fenced.ok()) return RemoveFenced(path, fence, std::move(fenced));
  std::function<void()> on_data_synced;
  if (options_.on_step) {
    on_data_synced = [on_step = options_.on_step] { on_step(LocalStep::kDataSynced); };
  }
  return std::unique_ptr<WritableFile>(std::make_unique<LocalWritableFile>(
      std::string(path), incarnation, std::move(descriptor), std::move(fence), std::move(on_data_synced)));
}

/// A file that was created while its directory was being sealed: it must not stay in the way of the new owner's
/// exclusive create, unless the seal lists it.
Status LocalFileSystem::RemoveFenced(std::string_view path, const LocalFence& fence, Status reason) {
  if (!reason.Is(StatusCode::kFenced)) return reason;
  const Result<LocalSealerLocks> no_sealer = LocalSealerLocks::TakeAbove(root_, path);
  if (no_sealer.ok() && fence.CheckNotClosed().ok()) {
    const Status removed = Remove(path);
    if (!removed.ok()) return std::move(reason).WithContext(removed.message());
  }
  return reason;
}

Result<std::unique_ptr<ReadableFile>> LocalFileSystem::Open(std::string_view path) const {
  RETURN_IF_ERROR(ValidatePath(path));
  // O_NONBLOCK: a foreign pipe must not hold us up.
  ASSIGN_OR_RETURN(LocalDescriptor descriptor, root_.OpenFile(path, O_RDONLY | O_NONBLOCK));
  ASSIGN_OR_RETURN(const struct stat info, StatLocal(descriptor.get(), path));
  if (!S_ISREG(info.st_mode)) return InvalidArgument("'" + std::string(path) + "' is not a file");
  ASSIGN_OR_RETURN(LocalFence fence, marks_.Above(path, /*create=*/false));
  return std::unique_ptr<ReadableFile>(
      std::make_unique<LocalReadableFile>(std::string(path), std::move(descriptor), std::move(fence)));
}

Status LocalFileSystem::CreateDirectories(std::string_view path) {
  RETURN_IF_ERROR(ValidateDirectoryPath(path));
  if (path.empty()) return Status();
  std::vector<std::string_view> directories = DirectoriesAbove(path);
  directories.push_back(path);
  for (size_t i = 1; i < directories.size(); ++i) {
    const std::string name(LastComponent(directories[i]));
    ASSIGN_OR_RETURN(const LocalDescriptor parent, root_.OpenDirectory(directories[i - 1]));
    if (::mkdirat(parent.get(), name.c_str(), 0755) != 0) {
      if (errno != EEXIST) return LocalError(errno, "create directory", directories[i]);
      ASSIGN_OR_RETURN(const struct stat info, StatEntry(parent.get(), name, directories[i]));
      if (!S_ISDIR(info.st_mode)) return AlreadyExists("'" + std::string(directories[i]) + "' is not a directory");
    }
    // Also when it existed: whoever made it may not have come to sync it.
    RETURN_IF_ERROR(SyncLocal(parent.get(), directories[i - 1]));
  }
  return Status();
}

Result<std::vector<DirectoryEntry>> LocalFileSystem::List(std::string_view path) const {
  RETURN_IF_ERROR(ValidateDirectoryPath(path));
  ASSIGN_OR_RETURN(const LocalDescriptor directory, root_.OpenDirectory(path));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesLocal(directory.get(), path));
  ASSIGN_OR_RETURN(const LocalFence fence_of_all, marks_.Above(JoinPath(path, "any"), /*create=*/false));
  std::vector<DirectoryEntry> entries;
  for (const std::string& name : names) {
    if (!IsValidPathComponent(name)) continue;  // The mark, and what is not ours.
    const std::string child = JoinPath(path, name);
    const Result<struct stat> info = StatEntry(directory.get(), name, child);
    if (info.status().Is(StatusCode::kNotFound)) continue;  // Removed meanwhile.
    RETURN_IF_ERROR(info.status());
    DirectoryEntry entry{.name = name, .is_directory = S_ISDIR(info->st_mode)};
    if (!entry.is_directory) entry.length_bytes = static_cast<uint64_t>(info->st_size);
    if (!entry.is_directory && !fence_of_all.IsOpen()) {
      ASSIGN_OR_RETURN(const LocalFence fence, marks_.Above(child, /*create=*/false));
      ASSIGN_OR_RETURN(entry.length_bytes, fence.VisibleLength(static_cast<uint64_t>(info->st_size)));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<bool> LocalFileSystem::Exists(std::string_view path) const {
  RETURN_IF_ERROR(ValidateDirectoryPath(path));
  const Status opened = root_.OpenFile(path, O_PATH).status();
  if (opened.ok()) return true;
  if (opened.Is(StatusCode::kNotFound)) return false;
  return opened;
}

Status LocalFileSystem::Remove(std::string_view path) {
  RETURN_IF_ERROR(ValidatePath(path));
  Result<LocalDescriptor> parent = root_.OpenDirectory(ParentPath(path));
  if (!parent.ok()) return std::move(parent).status().WithContext("remove '" + std::string(path) + "'");
  if (::unlinkat(parent->get(), std::string(LastComponent(path)).c_str(), 0) != 0) {
    return LocalError(errno, "remove", path);
  }
  return SyncLocal(parent->get(), ParentPath(path));
}

Status LocalFileSystem::RemoveDirectory(std::string_view path) {
  RETURN_IF_ERROR(ValidatePath(path));
  const Result<LocalDescriptor> parent = root_.OpenDirectory(ParentPath(path));
  if (parent.status().Is(StatusCode::kNotFound)) return Status();
  RETURN_IF_ERROR(parent.status());
  {
    ASSIGN_OR_RETURN(const bool exists, Exists(path));
    if (!exists) return SyncLocal(parent->get(), ParentPath(path));
    ASSIGN_OR_RETURN(const LocalDescriptor directory, root_.OpenDirectory(path));
    RETURN_IF_ERROR(EmptyDirectory(directory.get(), path, 0));
  }
  RETURN_IF_ERROR(Unlink(parent->get(), LastComponent(path), AT_REMOVEDIR, path));
  return SyncLocal(parent->get(), ParentPath(path));
}

Result<std::vector<SealedFile>> LocalFileSystem::Seal(std::string_view directory, Incarnation incarnation) {
  RETURN_IF_ERROR(ValidateDirectoryPath(directory));
  RETURN_IF_ERROR(root_.OpenDirectory(directory).status());
  LocalSealer sealer(root_, std::string(directory), options_.on_step);
  return sealer.Seal(incarnation);
}

}  // namespace cellar::common
