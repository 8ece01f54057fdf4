#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/file/file_system.h"
#include "storage/commitlog/block_header.h"
#include "storage/commitlog/fragment_header.h"
#include "storage/commitlog/fragment_index.h"
#include "storage/commitlog/group_directory.h"

namespace cellar::storage {

/// One fragment opened for reading: verified access to its parts. Errors name file and offset. kCorruption means that
/// bytes did not verify or are missing; any other error that the file could not be read now, and says nothing about
/// its contents. Thread-safe as ReadableFile is.
class FragmentFile {
 public:
  /// Opens without reading. `identity` and `number` are what the place of the file says it must be.
  static Result<std::unique_ptr<FragmentFile>> Open(const FileSystem& files, std::string path,
                                                    const LogIdentity& identity, uint64_t number);

  /// kCorruption when it does not verify; kInvalidArgument when it belongs to another place; kUnsupported.
  Result<FragmentHeader> ReadHeader() const;

  /// The block header at `offset` when one verifies there and the block ends at `limit` or before.
  Result<std::optional<BlockHeader>> ReadBlockHeader(uint64_t offset, uint64_t limit) const;

  /// The next valid block header at or behind `from`, at a multiple of kBlockAlignment. Reads up to `limit`.
  Result<std::optional<BlockHeader>> FindBlockHeader(uint64_t from, uint64_t limit) const;

  Result<std::string> ReadDirectory(const BlockHeader& block) const;

  /// Of a group block. The result borrows `directory`, its verified directory.
  Result<GroupDirectory> DecodeGroup(const BlockHeader& block, std::string_view directory) const;

  /// The expanded bytes of one chunk.
  Status ReadChunk(const BlockHeader& block, const DirectoryChunk& chunk, std::string* stored, std::string* out) const;

  /// Reads and verifies every byte of a block: directory, payload, padding.
  Status VerifyBlock(const BlockHeader& block) const;

  /// The index that was written when the fragment was closed in order at `end`; nothing when there is none or it does
  /// not verify.
  Result<std::optional<FragmentIndex>> ReadOwnIndex(uint64_t end) const;

  /// The one beside it (docs/internals/commit-log.md), and the valid length that it names. Nothing when missing, bad
  /// or made for another length of the file.
  struct SideIndex {
    uint64_t valid_bytes = 0;
    FragmentIndex index;
  };
  Result<std::optional<SideIndex>> ReadSideIndex(const FileSystem& files) const;

  uint64_t length_bytes() const { return length_bytes_; }  ///< When opened.
  const std::string& path() const { return path_; }
  uint64_t number() const { return number_; }
  const FragmentBinding& binding() const { return binding_; }
  const LogIdentity& identity() const { return identity_; }

 private:
  FragmentFile(std::string path, const LogIdentity& identity, uint64_t number, std::unique_ptr<ReadableFile> file,
               uint64_t length_bytes);

  Result<std::string> ReadExactly(uint64_t offset, uint64_t size) const;
  Status Damage(std::string_view what, uint64_t offset) const;

  const std::string path_;
  const LogIdentity identity_;
  const uint64_t number_;
  const std::unique_ptr<ReadableFile> file_;
  const uint64_t length_bytes_;
  const FragmentBinding binding_;
};

/// Writes `index` beside the fragment, under `writer`'s incarnation. OK when there is one already.
Status WriteSideIndex(FileSystem& files, const FragmentFile& fragment, uint64_t valid_bytes, const FragmentIndex& index,
                      Incarnation writer);

}  // namespace cellar::storage
