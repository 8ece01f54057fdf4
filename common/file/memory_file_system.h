#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "common/file/file_system.h"
#include "common/file/process_view.h"
#include "common/file/seal_conduct.h"
#include "common/random/random.h"

namespace cellar::common {

struct MemoryFileSystemOptions {
  /// Bytes of all files together. An append beyond it takes what fits, then answers kNoSpace.
  uint64_t space_limit_bytes = std::numeric_limits<uint64_t>::max();

  /// False plants the defect "no-directory-sync": the entry of a created file may be gone after a power cut.
  bool sync_directory_entries = true;
};

/// A FileSystem in memory with the failures of a real one: a page cache that a power cut loses, torn writes, a full
/// disk, processes that die. The object is the medium, and also a FileSystem for tests with one process; simulated
/// processes get a ProcessView each. Deterministic: what survives is drawn from the Random given. Thread-safe, but
/// Restart and PowerCut are not called while others call this object's own FileSystem methods.
///
/// Power-cut model (docs/internals/filesystem.md): synced bytes survive. Of the bytes after them nothing, everything,
/// or a part survives: the length then stands anywhere, also within a sector of 512 bytes, and each sector below it is
/// there or reads as zeros. A Create, Remove, CreateDirectories or Seal in flight has happened or not. Bytes that a
/// failed sync gave up (LoseUnsynced) are in doubt, even when a later Sync of that file succeeded.
class MemoryFileSystem final : public FileSystem {
 public:
  explicit MemoryFileSystem(MemoryFileSystemOptions options = {});

  Result<std::unique_ptr<WritableFile>> Create(std::string_view path, Incarnation incarnation) override;
  Result<std::unique_ptr<ReadableFile>> Open(std::string_view path) const override;
  Status CreateDirectories(std::string_view path) override;
  Result<std::vector<DirectoryEntry>> List(std::string_view path) const override;
  Result<bool> Exists(std::string_view path) const override;
  Status Remove(std::string_view path) override;
  Status RemoveDirectory(std::string_view path) override;
  Result<std::vector<SealedFile>> Seal(std::string_view directory, Incarnation incarnation) override;

  /// A process of this machine. Dies by its Kill or by a power cut.
  std::unique_ptr<ProcessView> NewProcess();

  /// The process that uses this object directly is killed and started again: its handles are dead, the page cache is
  /// kept. Views from NewProcess live on.
  void Restart();

  /// The machine loses power: every process is dead, every handle too, and only what was durable is left, with a part
  /// of the rest drawn from `random`. This object, and views made afterwards, work on what is left.
  void PowerCut(Random& random);

  /// The operating system writes everything back.
  void SyncEverything();

  /// A second machine whose disk and page cache are copies of this one's as they are now. Its processes are its own.
  std::unique_ptr<MemoryFileSystem> Snapshot() const;

  /// What a failed sync leaves of the unsynced bytes of `path`: readable until a power cut, never durable.
  Status LoseUnsynced(std::string_view path);

  /// Overwrites bytes in place, as a failing medium does. Not beyond the end (kInvalidArgument).
  Status Damage(std::string_view path, uint64_t offset, std::string_view bytes);

  /// Cuts the file at `length_bytes`, not beyond its end (kInvalidArgument).
  Status Truncate(std::string_view path, uint64_t length_bytes);

  void set_space_limit_bytes(uint64_t limit_bytes);
  void set_sync_directory_entries(bool sync);
  void set_seal_conduct(SealConduct conduct);
  uint64_t used_bytes() const;

  /// Hash over names, bytes, durability and seals: equal for equal runs.
  uint64_t Digest() const;

 private:
  explicit MemoryFileSystem(std::shared_ptr<MemoryDisk> disk);

  const std::shared_ptr<MemoryDisk> disk_;
  std::unique_ptr<ProcessView> own_view_;
};

}  // namespace cellar::common

namespace cellar {
using common::MemoryFileSystem;
using common::MemoryFileSystemOptions;
}  // namespace cellar
