#pragma once

#include <memory>
#include <string>

#include "hql/load/byte_stream.h"

namespace cellar::hql {

/// Takes names that begin with "fs://" to one opener, without that, and all others to another. Borrows both.
class FilesByScheme final : public FileOpener {
 public:
  FilesByScheme(FileOpener& local, FileOpener& stored) : local_(local), stored_(stored) {}

  Result<std::unique_ptr<ByteSource>> OpenForReading(const std::string& name) override {
    return IsStored(name) ? stored_.OpenForReading(name.substr(kStoredScheme.size())) : local_.OpenForReading(name);
  }
  Result<std::unique_ptr<ByteSink>> OpenForWriting(const std::string& name) override {
    return IsStored(name) ? stored_.OpenForWriting(name.substr(kStoredScheme.size())) : local_.OpenForWriting(name);
  }

 private:
  static bool IsStored(const std::string& name) { return name.starts_with(kStoredScheme); }

  FileOpener& local_;
  FileOpener& stored_;
};

}  // namespace cellar::hql
