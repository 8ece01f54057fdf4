#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/fencing.h"
#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "common/file/local_root.h"
#include "common/file/local_seal_mark.h"

namespace cellar::common {

/// The seal marks of the directories above one file: what fences its writer and bounds its readers. Owned by a handle;
/// thread-safe.
class LocalFence {
 public:
  struct MarkAbove {
    std::string path_below;  ///< The file's path below the marked directory.
    std::shared_ptr<LocalSealMark> mark;
  };

  LocalFence(std::string path, std::vector<MarkAbove> marks) : path_(std::move(path)), marks_(std::move(marks)) {}

  /// True when no directory above was ever sealed.
  bool IsOpen() const;

  /// kFenced when a directory above is sealed against `incarnation`. To be asked *after* the bytes were synced and
  /// before success is reported (docs/internals/filesystem.md): whoever finds the word still open was counted.
  Status CheckCreate(Incarnation incarnation) const;

  /// The same, and kFenced too when a seal has closed the file.
  Status CheckSync(Incarnation incarnation) const;

  /// kFenced when a seal has closed the file, at any length.
  Status CheckNotClosed() const;

  /// The smallest of `length_bytes` and what the seals above have stored.
  Result<uint64_t> VisibleLength(uint64_t length_bytes) const;

 private:
  const std::string path_;
  const std::vector<MarkAbove> marks_;
};

/// The open seal marks of a local file system, shared by its handles so that a thousand readers of a directory map one
/// page. Thread-safe.
class LocalSealMarks {
 public:
  explicit LocalSealMarks(const LocalRoot& root) : root_(root) {}

  /// The fence of the file at `path`. With `create` the marks of all directories above are made where they are missing,
  /// so that a later sealer finds the writer looking at them; without it a missing mark means "never sealed".
  Result<LocalFence> Above(std::string_view path, bool create);

 private:
  static constexpr size_t kSweepAt = 1'024;

  Result<std::shared_ptr<LocalSealMark>> Find(std::string_view directory, bool create);

  const LocalRoot& root_;
  Mutex mutex_;
  std::map<std::string, std::weak_ptr<LocalSealMark>, std::less<>> open_ GUARDED_BY(mutex_);  ///< By directory.
};

}  // namespace cellar::common
