#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/concurrency/mutex.h"
#include "common/file/file_system.h"
#include "hql/load/byte_stream.h"

namespace cellar::hql {

/// Where the files of "fs://" are in the cluster's file system: beside Cellar's own, which no name reaches.
inline constexpr std::string_view kStoredFilesDirectory = "user";

/// Opens the cluster's file system; may ask the cluster where it is.
using OpenClusterFiles = std::function<Result<std::shared_ptr<FileSystem>>()>;

/// Files in the cluster's file system, named from kStoredFilesDirectory on: "exports/visits.tsv.gz", also with a '/' in
/// front. Names are those of FileSystem: letters, digits and "._-". The file system is opened when the first file is.
/// Thread-safe.
///
/// A file system has no rename: a file that is there goes when it is opened for writing, and what is written is removed
/// unless it was finished.
class StoredFiles final : public FileOpener {
 public:
  explicit StoredFiles(OpenClusterFiles open) : open_(std::move(open)) {}

  Result<std::unique_ptr<ByteSource>> OpenForReading(const std::string& name) override;
  Result<std::unique_ptr<ByteSink>> OpenForWriting(const std::string& name) override;

 private:
  Result<std::shared_ptr<FileSystem>> Files();

  const OpenClusterFiles open_;
  Mutex mutex_;
  std::shared_ptr<FileSystem> files_ GUARDED_BY(mutex_);  ///< Null before the first use.
};

}  // namespace cellar::hql
