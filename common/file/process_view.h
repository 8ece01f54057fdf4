#pragma once

#include <memory>

#include "common/file/file_system.h"

namespace cellar::common {

class MemoryDisk;
struct MemoryProcess;

/// A MemoryFileSystem as one process of the simulated machine sees it. Kill() is `kill -9`: every call in flight and
/// every later one, on the view and on the handles opened through it, has no further effect and answers kCancelled, so
/// that the dead process's jobs run out; what it had appended stays in the page cache for the others. Thread-safe.
/// Handles may outlive the view, and the view the MemoryFileSystem.
class ProcessView final : public FileSystem {
 public:
  explicit ProcessView(std::shared_ptr<MemoryDisk> disk);

  void Kill();
  bool alive() const;

  Result<std::unique_ptr<WritableFile>> Create(std::string_view path, Incarnation incarnation) override;
  Result<std::unique_ptr<ReadableFile>> Open(std::string_view path) const override;
  Status CreateDirectories(std::string_view path) override;
  Result<std::vector<DirectoryEntry>> List(std::string_view path) const override;
  Result<bool> Exists(std::string_view path) const override;
  Status Remove(std::string_view path) override;
  Status RemoveDirectory(std::string_view path) override;
  Result<std::vector<SealedFile>> Seal(std::string_view directory, Incarnation incarnation) override;

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  const std::shared_ptr<MemoryProcess> process_;
};

}  // namespace cellar::common

namespace cellar {
using common::ProcessView;
}  // namespace cellar
