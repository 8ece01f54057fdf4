#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/file/file_system.h"
#include "common/file/local_fence.h"
#include "common/file/local_root.h"

namespace cellar::common {

/// The steps of a local writer and sealer between which a test stops one of them.
enum class LocalStep {
  kCreating,        ///< Writer: the words were open, the file is not yet made.
  kFileCreated,     ///< Writer: the entry is durable, the words not yet looked at again.
  kDataSynced,      ///< Writer: the bytes are durable, the words not yet looked at.
  kSealRecorded,    ///< Sealer: the record is written, the word not yet set.
  kSealWordSet,     ///< Sealer: the word is set, the mark not yet durable.
  kSealMarkSynced,  ///< Sealer: the mark is durable.
  kSealFilesRead,   ///< Sealer: the logs are synced, their lengths read.
  kSealStored,      ///< Sealer: the lengths are durable in the mark, the word not yet complete.
};

struct LocalFileSystemOptions {
  /// Called at each step, for tests. Empty in production.
  std::function<void(LocalStep)> on_step;
};

/// Files of this machine, below one directory. Several processes of one kernel may share it, each with an object of its
/// own; the seal is a mark file in the sealed directory and a word in it that every process has mapped. See
/// docs/internals/filesystem.md. Handles may outlive the object.
class LocalFileSystem final : public FileSystem {
 public:
  /// `root` must exist. Makes nothing.
  static Result<std::unique_ptr<LocalFileSystem>> OpenRoot(const std::string& root,
                                                           LocalFileSystemOptions options = {});

  Result<std::unique_ptr<WritableFile>> Create(std::string_view path, Incarnation incarnation) override;
  Result<std::unique_ptr<ReadableFile>> Open(std::string_view path) const override;
  Status CreateDirectories(std::string_view path) override;
  Result<std::vector<DirectoryEntry>> List(std::string_view path) const override;
  Result<bool> Exists(std::string_view path) const override;
  Status Remove(std::string_view path) override;
  Status RemoveDirectory(std::string_view path) override;
  Result<std::vector<SealedFile>> Seal(std::string_view directory, Incarnation incarnation) override;

 private:
  LocalFileSystem(LocalRoot root, LocalFileSystemOptions options)
      : root_(std::move(root)), options_(std::move(options)), marks_(root_) {}

  Status RemoveFenced(std::string_view path, const LocalFence& fence, Status reason);

  const LocalRoot root_;
  const LocalFileSystemOptions options_;
  mutable LocalSealMarks marks_;
};

}  // namespace cellar::common

namespace cellar {
using common::LocalFileSystem;
using common::LocalFileSystemOptions;
}  // namespace cellar
