#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/fencing.h"
#include "common/file/file_system.h"
#include "common/file/local_fence.h"
#include "common/file/local_root.h"
#include "common/file/local_seal_mark.h"

namespace cellar::common {

enum class LocalStep;

/// Seals one local directory; made for one call. The order is the protocol (docs/internals/filesystem.md):
///
///     lock the mark → record the incarnation → set the word → sync the mark → sync every file, read its length
///     → record the lengths → sync the mark → word "complete", sync → unlock
///
/// A crash after any step leaves a mark that the next sealer completes. One sealer at a time, by a lock on the mark.
class LocalSealer {
 public:
  LocalSealer(const LocalRoot& root, std::string directory, std::function<void(LocalStep)> on_step)
      : root_(root), directory_(std::move(directory)), on_step_(std::move(on_step)), marks_(root) {}

  Result<std::vector<SealedFile>> Seal(Incarnation incarnation);

 private:
  Status Begin(const LocalSealMark& mark, const SealMark& found, const std::string& record) const;
  Status CollectLengths(const std::string& path, SealMark::Lengths* lengths);
  Status CollectOne(const std::string& path, SealMark::Lengths* lengths);
  void Step(LocalStep step) const;

  const LocalRoot& root_;
  const std::string directory_;
  const std::function<void(LocalStep)> on_step_;
  LocalSealMarks marks_;
};

/// Keeps sealers away from every directory above a path, while held.
class LocalSealerLocks {
 public:
  static Result<LocalSealerLocks> TakeAbove(const LocalRoot& root, std::string_view path);

 private:
  std::vector<LocalDescriptor> locks_;  ///< From the root down.
};

}  // namespace cellar::common
