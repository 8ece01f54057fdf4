#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/fencing.h"
#include "common/base/result.h"

namespace cellar::common {

/// A file being written, by one writer, from its beginning to its end. Not thread-safe.
///
/// After an Append or Sync that returned an error the handle is poisoned: every later call returns the same error,
/// because nothing is known about which bytes arrived (fsync reports an error once, then forgets it).
class WritableFile {
 public:
  virtual ~WritableFile() = default;  ///< Closes without syncing when Close was not called.

  /// Appends the pieces as one. Returns the offset of the first byte. Not durable until Sync.
  virtual Result<uint64_t> Append(std::span<const std::string_view> pieces) = 0;

  /// Every byte appended so far is durable when this returns OK. kFenced when the directory was sealed against this
  /// file's incarnation, whether or not the bytes arrived.
  virtual Status Sync() = 0;

  /// Releases the handle. Does not sync. Append and Sync fail from then on; a second Close does nothing.
  virtual Status Close() = 0;

  Result<uint64_t> Append(std::string_view data) { return Append(std::span<const std::string_view>(&data, 1)); }
};

/// A file opened for reading. Thread-safe.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;

  /// Reads up to `size` bytes at `offset` into `out`; returns how many there were (fewer only at the end of file).
  /// In a sealed directory no byte beyond the length stored in the seal is returned.
  virtual Result<size_t> Read(uint64_t offset, size_t size, char* out) const = 0;

  /// Length in bytes as known when asked; grows while a writer appends.
  virtual Result<uint64_t> Length() const = 0;
};

struct DirectoryEntry {
  std::string name;  ///< Within the directory, without slashes.
  bool is_directory = false;
  uint64_t length_bytes = 0;  ///< 0 for directories.
};

/// Length of one file at the moment its directory was sealed.
struct SealedFile {
  std::string name;  ///< Path below the sealed directory.
  uint64_t length_bytes = 0;
};

/// The storage below Cellar: local disk, a broker, or the simulator. One conformance suite
/// (common/file/file_system_conformance.h) states what all must do. Thread-safe; calls block, so they are made from
/// worker jobs, never from the executor's thread.
///
/// Paths are relative to the root of the file system (itself: ""), separated by '/', of components [A-Za-z0-9._-]+
/// other than ".", ".." and ".seal"; anything else is kInvalidArgument (common/file/path.h). There is no rename and no
/// overwrite: the only commit points are Create, Sync and Seal.
///
/// Errors of every call: kNoSpace, kIoError, kCorruption, kFenced, kNotFound, kAlreadyExists, kInvalidArgument (the
/// path, or a directory where a file is meant), kBusy (the process has no handles left), kTimedOut (outcome unknown),
/// kUnavailable (a broker is away, nothing was done), and from a simulated process that was killed kCancelled. The
/// message names the path, and the offset where there is one.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// Creates `path`, which must not exist (kAlreadyExists), in an existing directory. Durable with its directory
  /// entry on return. `incarnation` is the writer's; kFenced when the directory or one above it is sealed against it.
  virtual Result<std::unique_ptr<WritableFile>> Create(std::string_view path, Incarnation incarnation) = 0;

  virtual Result<std::unique_ptr<ReadableFile>> Open(std::string_view path) const = 0;

  /// Creates the directory and those above it, durably. OK when it exists.
  virtual Status CreateDirectories(std::string_view path) = 0;

  /// Entries in byte order of their names; every completed Create is seen. Seal marks are not listed.
  virtual Result<std::vector<DirectoryEntry>> List(std::string_view path) const = 0;

  virtual Result<bool> Exists(std::string_view path) const = 0;

  /// Removes a file, durably. kNotFound when there is none.
  virtual Status Remove(std::string_view path) = 0;

  /// Removes a directory with everything below it, durably. OK when there is none.
  virtual Status RemoveDirectory(std::string_view path) = 0;

  /// Closes `directory`, and all below it, to every incarnation lower than `incarnation`: after this returned OK no
  /// Create below it by a lower one succeeds, no Sync of a file that was there ever reports success, and readers see no
  /// byte beyond the lengths returned, of every file that was there, in byte order of the names. Bytes of every
  /// successful Sync are within them. The seal is a mark in the storage: it outlives every process and is repeatable;
  /// sealing again returns the lengths stored first and, with a higher incarnation, those of the files created in
  /// between. kNotFound when there is no such directory. See docs/internals/filesystem.md.
  virtual Result<std::vector<SealedFile>> Seal(std::string_view directory, Incarnation incarnation) = 0;
};

/// The whole file, at most `limit_bytes` of it (kCorruption when longer).
Result<std::string> ReadWholeFile(const FileSystem& files, std::string_view path, uint64_t limit_bytes);

}  // namespace cellar::common

namespace cellar {
using common::FileSystem;
using common::ReadableFile;
using common::WritableFile;
}  // namespace cellar
