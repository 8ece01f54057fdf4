#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/file/file_system.h"
#include "common/file/path.h"

namespace cellar::tests {

/// One directory of a file system as a file system of its own. Borrows the other; the directory exists.
class DirectoryView final : public FileSystem {
 public:
  DirectoryView(FileSystem& whole, std::string directory) : whole_(whole), directory_(std::move(directory)) {}

  Result<std::unique_ptr<WritableFile>> Create(std::string_view path, Incarnation incarnation) override {
    RETURN_IF_ERROR(common::ValidatePath(path));
    return whole_.Create(In(path), incarnation);
  }
  Result<std::unique_ptr<ReadableFile>> Open(std::string_view path) const override {
    RETURN_IF_ERROR(common::ValidatePath(path));
    return whole_.Open(In(path));
  }
  Status CreateDirectories(std::string_view path) override {
    RETURN_IF_ERROR(common::ValidateDirectoryPath(path));
    return whole_.CreateDirectories(In(path));
  }
  Result<std::vector<common::DirectoryEntry>> List(std::string_view path) const override {
    RETURN_IF_ERROR(common::ValidateDirectoryPath(path));
    return whole_.List(In(path));
  }
  Result<bool> Exists(std::string_view path) const override {
    RETURN_IF_ERROR(common::ValidateDirectoryPath(path));
    return whole_.Exists(In(path));
  }
  Status Remove(std::string_view path) override {
    RETURN_IF_ERROR(common::ValidatePath(path));
    return whole_.Remove(In(path));
  }
  Status RemoveDirectory(std::string_view path) override {
    RETURN_IF_ERROR(common::ValidatePath(path));
    return whole_.RemoveDirectory(In(path));
  }
  Result<std::vector<common::SealedFile>> Seal(std::string_view directory, Incarnation incarnation) override {
    RETURN_IF_ERROR(common::ValidateDirectoryPath(directory));
    return whole_.Seal(In(directory), incarnation);
  }

 private:
  std::string In(std::string_view path) const { return path.empty() ? directory_ : common::JoinPath(directory_, path); }

  FileSystem& whole_;
  const std::string directory_;
};

}  // namespace cellar::tests
