#include "common/file/local_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "common/file/local_root.h"

namespace cellar::common {
namespace {

constexpr const char* kFormatName = "FORMAT";
constexpr const char* kNewFormatName = "FORMAT.new";
constexpr const char* kLockName = "LOCK";
constexpr const char* kFilesName = "files";
constexpr std::string_view kTitle = "Cellar data directory\n";
constexpr uint64_t kMaxFormatBytes = 4'096;

std::string Quoted(const std::string& path) {
  return "data directory '" + path + "'";
}

std::string FormatText(const ClusterId& cluster_id) {
  return std::string(kTitle) + "format " + std::to_string(DataDirectory::kFormatVersion) + "\ncluster " +
         cluster_id.ToString() + "\n";
}

/// Takes "`key` value\n" off the front.
std::optional<std::string_view> TakeLine(std::string_view* text, std::string_view key) {
  const size_t end = text->find('\n');
  if (end == std::string_view::npos || !text->starts_with(key)) return std::nullopt;
  const std::string_view value = text->substr(key.size(), end - key.size());
  text->remove_prefix(end + 1);
  return value;
}

Result<ClusterId> ParseFormat(std::string_view text, const std::string& directory) {
  const Status damaged = Corruption(Quoted(directory) + ": FORMAT does not read as \"" +
                                    std::string(kTitle.substr(0, kTitle.size() - 1)) + ", format, cluster\"");
  if (!text.starts_with(kTitle)) return damaged;
  text.remove_prefix(kTitle.size());
  const std::optional<std::string_view> version_text = TakeLine(&text, "format ");
  uint32_t version = 0;
  if (!version_text) return damaged;
  const char* const end = version_text->data() + version_text->size();
  const auto parsed = std::from_chars(version_text->data(), end, version);
  if (parsed.ec != std::errc() || parsed.ptr != end || version == 0) return damaged;
  if (version > DataDirectory::kFormatVersion) {
    return Unsupported(Quoted(directory) + " has format " + std::to_string(version) + "; this build knows up to " +
                       std::to_string(DataDirectory::kFormatVersion) + ": start it with a newer one");
  }
  const std::optional<std::string_view> cluster_text = TakeLine(&text, "cluster ");
  if (!cluster_text || !text.empty()) return damaged;
  Result<ClusterId> cluster_id = ClusterId::Parse(*cluster_text);
  if (!cluster_id.ok() || cluster_id->is_none()) return damaged;
  return cluster_id;
}

bool IsEmptyDirectory(int parent, const std::string& name) {
  const LocalDescriptor directory(
      ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!directory.is_open()) return false;
  const Result<std::vector<std::string>> names = NamesLocal(directory.get(), name);
  return names.ok() && names->empty();
}

/// The cluster's id; absent when the directory is still to be made into a data directory.
Result<std::optional<ClusterId>> Inspect(int directory, const std::string& path) {
  const LocalDescriptor format(::openat(directory, kFormatName, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (format.is_open()) {
    ASSIGN_OR_RETURN(const std::string text, ReadWholeLocal(format.get(), path + "/FORMAT", kMaxFormatBytes));
    ASSIGN_OR_RETURN(const ClusterId cluster_id, ParseFormat(text, path));
    return std::optional<ClusterId>(cluster_id);
  }
  if (errno != ENOENT) return LocalError(errno, "open", path + "/FORMAT");
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesLocal(directory, path));
  for (const std::string& name : names) {
    // What a start that was cut short may have left, made before FORMAT.
    if (name == kLockName || name == kNewFormatName) continue;
    if (name == kFilesName && IsEmptyDirectory(directory, name)) continue;
    return InvalidArgument(Quoted(path) + " is not empty ('" + name +
                           "' is in it) and has no FORMAT file: it is not Cellar's, nothing was changed");
  }
  return std::optional<ClusterId>();
}

Result<LocalDescriptor> OpenOrMake(const std::string& path) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0755) != 0 && errno != EEXIST) {
      // A parent that may not be written to but is there does no harm.
      struct stat info {};
      const int error = errno;
      if (::stat(part.c_str(), &info) != 0) return LocalError(error, "make", part);
    }
    if (slash == std::string::npos) break;
  }
  LocalDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.is_open()) return directory;
  if (errno == ENOTDIR) return InvalidArgument(Quoted(path) + " is not a directory");
  return LocalError(errno, "open", path);
}

std::string HolderOf(int lock, const std::string& path) {
  const Result<std::string> text = ReadWholeLocal(lock, path, 64);
  const std::string pid = text.ok() ? text->substr(0, text->find('\n')) : std::string();
  return pid.empty() ? "another process" : "process " + pid;
}

Result<LocalDescriptor> TakeLock(int directory, const std::string& path) {
  LocalDescriptor lock(::openat(directory, kLockName, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!lock.is_open()) return LocalError(errno, "cannot write to", path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return LocalError(errno, "lock", path);
  return Conflict(Quoted(path) + " is in use by " + HolderOf(lock.get(), path));
}

Status WriteFormat(int directory, const std::string& path, const ClusterId& cluster_id) {
  const std::string new_path = path + "/" + kNewFormatName;
  if (::mkdirat(directory, kFilesName, 0755) != 0 && errno != EEXIST) return LocalError(errno, "make", path + "/files");
  LocalDescriptor format(
      ::openat(directory, kNewFormatName, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!format.is_open()) return LocalError(errno, "create", new_path);
  RETURN_IF_ERROR(WriteAllLocal(format.get(), new_path, 0, FormatText(cluster_id)));
  RETURN_IF_ERROR(SyncLocal(format.get(), new_path));
  RETURN_IF_ERROR(SyncLocal(directory, path));
  if (::renameat(directory, kNewFormatName, directory, kFormatName) != 0) return LocalError(errno, "rename", new_path);
  return SyncLocal(directory, path);
}

}  // namespace

Result<ClusterId> DataDirectory::ReadClusterId(const std::string& path) {
  const LocalDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return LocalError(errno, "open", path);
  ASSIGN_OR_RETURN(const std::optional<ClusterId> cluster_id, Inspect(directory.get(), path));
  if (!cluster_id) return NotFound(Quoted(path) + " is empty");
  return *cluster_id;
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::Acquire(const std::string& path,
                                                              const std::function<ClusterId()>& new_cluster_id) {
  ASSIGN_OR_RETURN(const LocalDescriptor directory, OpenOrMake(path));
  RETURN_IF_ERROR(Inspect(directory.get(), path).status());
  RETURN_IF_ERROR(LocalRoot::Open(path).status());
  ASSIGN_OR_RETURN(LocalDescriptor lock, TakeLock(directory.get(), path));
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.get(), 0) != 0) return LocalError(errno, "cannot write to", path);
  RETURN_IF_ERROR(WriteAllLocal(lock.get(), path + "/LOCK", 0, pid));
  // Again under the lock: another process may just have made it.
  ASSIGN_OR_RETURN(std::optional<ClusterId> cluster_id, Inspect(directory.get(), path));
  if (!cluster_id) {
    cluster_id = new_cluster_id();
    RETURN_IF_ERROR(WriteFormat(directory.get(), path, *cluster_id));
  }
  return std::unique_ptr<DataDirectory>(new DataDirectory(path, std::move(lock), *cluster_id));
}

}  // namespace cellar::common
