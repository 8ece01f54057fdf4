#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/concurrency/mutex.h"
#include "common/file/file_system.h"
#include "common/file/seal_conduct.h"
#include "common/random/random.h"

namespace cellar::common {

/// A process as the disk sees it: whether its calls still have an effect. Guarded by the disk's mutex.
struct MemoryProcess {
  bool alive = true;
  uint64_t boot = 0;  ///< Which start of the machine it belongs to.
};

/// The seal of one directory. Files below keep it, as a local writer keeps the mark mapped: a directory that was sealed
/// and then removed still fences the handles that were opened in it.
struct MemorySeal {
  Incarnation incarnation;  ///< The highest that began to seal; none: open.
  bool durable = false;     ///< The mark survives a power cut.
  /// Below the sealed directory; absent until a sealer has come to its end.
  std::optional<std::map<std::string, uint64_t, std::less<>>> lengths;
  Incarnation complete_incarnation;  ///< Of the last sealer that came to its end.
};

/// The bytes of one file: what readers see (the page cache), and how much of it a power cut leaves.
struct MemoryFile {
  struct Interval {
    uint64_t begin = 0;
    uint64_t end = 0;
  };
  struct SealAbove {
    std::string path_below;  ///< The file's path below the directory of the seal.
    std::shared_ptr<MemorySeal> seal;
  };

  std::string bytes;
  uint64_t synced_bytes = 0;     ///< bytes[0, synced_bytes) survive a power cut, but for `lost`.
  std::vector<Interval> lost;    ///< Given up by a failed sync: readable until the power cut, never durable.
  bool removed = false;          ///< No longer counted as used space.
  std::vector<SealAbove> seals;  ///< Of all directories above, from the root down.
};

/// The medium below MemoryFileSystem and its process views: a tree of files, what of it is durable, and the seals.
/// Shared by every handle; thread-safe. Each step that a real machine takes by itself (making the entry, syncing the
/// directory; syncing the bytes, looking at the seal) is one critical section, so that other processes run between
/// them, and a process killed between them has taken exactly the steps before.
class MemoryDisk {
 public:
  using FilePtr = std::shared_ptr<MemoryFile>;

  MemoryDisk(uint64_t space_limit_bytes, bool sync_directory_entries)
      : space_limit_bytes_(space_limit_bytes), sync_directory_entries_(sync_directory_entries) {}

  // The steps of FileSystem's calls. Paths are valid (common/file/path.h).
  Result<FilePtr> Create(const MemoryProcess& process, std::string_view path, Incarnation incarnation);
  Result<uint64_t> Append(const MemoryProcess& process, std::string_view path, MemoryFile& file,
                          std::span<const std::string_view> pieces);
  Status Sync(const MemoryProcess& process, std::string_view path, Incarnation incarnation, MemoryFile& file);
  Result<FilePtr> Open(const MemoryProcess& process, std::string_view path) const;
  Result<size_t> Read(const MemoryProcess& process, const MemoryFile& file, uint64_t offset, size_t size,
                      char* out) const;
  Result<uint64_t> Length(const MemoryProcess& process, const MemoryFile& file) const;
  Status CreateDirectories(const MemoryProcess& process, std::string_view path);
  Result<std::vector<DirectoryEntry>> List(const MemoryProcess& process, std::string_view path) const;
  Result<bool> Exists(const MemoryProcess& process, std::string_view path) const;
  Status Remove(const MemoryProcess& process, std::string_view path);
  Status RemoveDirectory(const MemoryProcess& process, std::string_view path);
  Result<std::vector<SealedFile>> Seal(const MemoryProcess& process, std::string_view directory,
                                       Incarnation incarnation);

  Status CheckAlive(const MemoryProcess& process) const;

  // What happens to the machine; see MemoryFileSystem.
  std::shared_ptr<MemoryProcess> NewProcess();
  void Kill(MemoryProcess& process);
  bool IsAlive(const MemoryProcess& process) const;
  void PowerCut(Random& random);
  void SyncEverything();
  std::shared_ptr<MemoryDisk> Snapshot() const;
  Status LoseUnsynced(std::string_view path);
  Status Damage(std::string_view path, uint64_t offset, std::string_view bytes);
  Status Truncate(std::string_view path, uint64_t length_bytes);
  void set_space_limit_bytes(uint64_t limit_bytes);
  void set_sync_directory_entries(bool sync);
  void set_seal_conduct(SealConduct conduct);
  uint64_t used_bytes() const;
  uint64_t Digest() const;

 private:
  struct Node {
    FilePtr file;          ///< Null for a directory.
    bool durable = false;  ///< The entry survives a power cut.
  };
  using Tree = std::map<std::string, Node, std::less<>>;

  Status CheckLiving(const MemoryProcess& process) const REQUIRES(mutex_);
  Status CheckDirectory(std::string_view path) const REQUIRES(mutex_);
  Result<FilePtr> FindFile(std::string_view path) const REQUIRES(mutex_);
  std::vector<MemoryFile::SealAbove> SealsAbove(std::string_view path) REQUIRES(mutex_);
  static Status CheckSeals(std::string_view path, Incarnation incarnation, const MemoryFile& file);
  static Status CheckNotClosed(std::string_view path, const MemoryFile& file);
  static uint64_t VisibleLength(const MemoryFile& file);
  void Forget(Tree::iterator node) REQUIRES(mutex_);
  std::vector<std::string> FilesBelow(std::string_view directory) const REQUIRES(mutex_);
  using Lengths = std::map<std::string, uint64_t, std::less<>>;
  SealConduct seal_conduct() const;
  Result<Lengths> LengthsBelow(const MemoryProcess& process, std::string_view directory);
  static std::vector<SealedFile> StoredLengths(const MemorySeal& seal);
  MemorySeal& SealOf(std::string_view directory) REQUIRES(mutex_);
  void CutDirectoryEntries(Random& random) REQUIRES(mutex_);
  void CutSeals(Random& random) REQUIRES(mutex_);
  static void CutFile(MemoryFile& file, Random& random);

  mutable Mutex mutex_;
  Tree tree_ GUARDED_BY(mutex_);      ///< By path; the root is not in it.
  Tree unlinked_ GUARDED_BY(mutex_);  ///< Removed, and the directory not yet synced: may come back in a power cut.
  std::map<std::string, std::shared_ptr<MemorySeal>, std::less<>> seals_
      GUARDED_BY(mutex_);  ///< By directory; made when asked for.
  uint64_t used_bytes_ GUARDED_BY(mutex_) = 0;
  uint64_t boot_ GUARDED_BY(mutex_) = 0;
  uint64_t space_limit_bytes_ GUARDED_BY(mutex_);
  bool sync_directory_entries_ GUARDED_BY(mutex_);
  SealConduct seal_conduct_ GUARDED_BY(mutex_) = SealConduct::kRight;
};

}  // namespace cellar::common
