#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/file/local_descriptor.h"

namespace cellar::common {

/// A data directory of this machine, held by this process alone as long as the object lives. What lies in it:
///
///     FORMAT   text: the format's version and the cluster's id; its presence says "a data directory"
///     LOCK     the holder's pid; locked (flock) while it lives
///     files/   the root of the LocalFileSystem
///
/// Thread-safe after Acquire. The descriptor is closed on exec, so that a child process does not keep the lock.
class DataDirectory {
 public:
  static constexpr uint32_t kFormatVersion = 1;

  /// Takes the directory, making it and its parents when there is none; `new_cluster_id` is asked then only. Refused by
  /// name, and before anything is touched:
  ///   kInvalidArgument  not a directory; or foreign: not empty and without a FORMAT file
  ///   kUnsupported      a newer format, or a network file system
  ///   kCorruption       a FORMAT file that does not read as one
  ///   kConflict         held by another process; the message names its pid
  ///   kIoError          not writable, or the disk's error
  static Result<std::unique_ptr<DataDirectory>> Acquire(const std::string& path,
                                                        const std::function<ClusterId()>& new_cluster_id);

  /// The cluster that the directory belongs to, without taking it: for tools that only look. kNotFound when it is no
  /// data directory; else as Acquire refuses it.
  static Result<ClusterId> ReadClusterId(const std::string& path);

  const std::string& path() const { return path_; }
  const ClusterId& cluster_id() const { return cluster_id_; }
  std::string files_root() const { return path_ + "/files"; }

 private:
  DataDirectory(std::string path, LocalDescriptor lock, ClusterId cluster_id)
      : path_(std::move(path)), lock_(std::move(lock)), cluster_id_(cluster_id) {}

  const std::string path_;
  const LocalDescriptor lock_;
  const ClusterId cluster_id_;
};

}  // namespace cellar::common

namespace cellar {
using common::DataDirectory;
}  // namespace cellar
