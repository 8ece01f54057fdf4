#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/file/file_system.h"
#include "storage/metalog/entity.h"
#include "storage/metalog/metalog_reader.h"

namespace cellar::storage {

/// When files are rolled and removed.
struct MetaLogOptions {
  uint64_t max_file_bytes = 4 << 20;  ///< A larger file is rolled, once it is twice its snapshot.
  size_t kept_file_count = 2;         ///< Files before the newest that stay, for people to look at.
};

/// Durable state of operations, of the root range, of a lock service: entities in memory, each change on disk before
/// it counts. Owned by one role, called from one job at a time; every method but entities() blocks on files. Not
/// thread-safe.
///
/// Invariants:
///  1. What Update returned OK for is there after any crash; a batch of records is there whole or not at all.
///  2. A file's failed append or sync is its last: the next file begins with a snapshot that holds everything.
///  3. A file is removed only after a later one is complete and durable.
class MetaLog {
 public:
  /// Reads `directory`, creates the next numbered file in it exclusively and writes the state as its snapshot. When
  /// the log is new, `initial` is the state. kAlreadyExists: somebody else was faster; kFenced: the directory is sealed
  /// against `incarnation`; errors of ReadMetaLog.
  static Result<std::unique_ptr<MetaLog>> Open(FileSystem& files, std::string directory, const ClusterId& cluster,
                                               Incarnation incarnation, const MetaLogOptions& options = {},
                                               Entities initial = {});

  MetaLog(const MetaLog&) = delete;
  MetaLog& operator=(const MetaLog&) = delete;

  /// The state with every change asked for so far.
  const Entities& entities() const { return entities_; }

  /// Applies the records as one batch and makes them durable. When the file fails, goes on with the next one within
  /// the call. An error (kNoSpace, kIoError, kFenced) leaves the outcome unknown: the change stays in entities() and
  /// becomes durable with the next call that returns OK, or the owner stops. kInvalidArgument, and nothing happened,
  /// when a body or the batch is too large.
  Status Update(std::span<const MetaLogRecord> records);
  Status Update(const MetaLogRecord& record) { return Update({&record, 1}); }

  /// Begins the next file.
  Status Roll();

  /// OK: nobody has taken the log over so far. Looks at the seal without writing; a dead log begins its next file.
  Status Confirm();

  uint64_t file_number() const { return number_; }  ///< 0 while the log is dead.

 private:
  MetaLog(FileSystem& files, std::string directory, const ClusterId& cluster, Incarnation incarnation,
          const MetaLogOptions& options);

  std::string PathOf(uint64_t number) const { return directory_ + "/" + MetaLogFileName(number); }
  Status OpenNext();
  Status WriteSnapshot();
  Status AppendBlock(MetaLogBlockKind kind, std::string_view records, uint32_t record_count);
  Status AppendUpdate(std::span<const MetaLogRecord> records);
  Status Sync();
  Status Die(Status status);
  void RemoveOldFiles();

  FileSystem& files_;
  const std::string directory_;
  const MetaLogOptions options_;
  MetaLogHeader header_;  ///< Of the current file.
  Entities entities_;
  std::unique_ptr<WritableFile> file_;  ///< Null when dead.
  uint64_t last_number_ = 0;
  uint64_t number_ = 0;
  uint64_t oldest_number_ = 1;
  uint64_t sequence_ = 0;
  uint64_t end_ = 0;
  uint64_t durable_end_ = 0;
  uint64_t snapshot_bytes_ = 0;
};

/// Takes a metalog over from its earlier owners: seals each of `older_directories` (oldest first) with `incarnation`,
/// reads the newest of them that ever came to use, and opens `directory` with that state, or with `initial` when none
/// did. Repeatable when it failed or crashed half-way.
Result<std::unique_ptr<MetaLog>> TakeOverMetaLog(FileSystem& files, std::span<const std::string> older_directories,
                                                 std::string directory, const ClusterId& cluster,
                                                 Incarnation incarnation, const MetaLogOptions& options = {},
                                                 Entities initial = {});

}  // namespace cellar::storage
