#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "common/file/local_descriptor.h"
#include "common/file/local_root.h"
#include "common/file/seal_mark.h"

namespace cellar::common {

/// The `.seal` file of one local directory, open, with its word mapped: every process that has it open sees the word
/// change at once. Shared by the handles of files below the directory. Thread-safe.
class LocalSealMark {
 public:
  /// Opens it, and makes it first (durably, with its entry) when `create` says so; kNotFound otherwise.
  static Result<std::shared_ptr<LocalSealMark>> Open(const LocalRoot& root, std::string_view directory, bool create);

  ~LocalSealMark();
  LocalSealMark(const LocalSealMark&) = delete;
  LocalSealMark& operator=(const LocalSealMark&) = delete;

  /// Whether nobody has begun to seal the directory. A load, without a system call: a writer asks after each sync.
  bool IsOpen() const { return __atomic_load_n(word_, __ATOMIC_SEQ_CST) == SealMark::kOpen; }

  /// The mark as it is now. Decoded again only when the file has grown.
  Result<std::shared_ptr<const SealMark>> Current() const;

  /// False when the directory was removed since: another one of that name has another mark.
  bool IsLinked() const;

  // For the sealer, who holds an exclusive lock on a descriptor of its own (OpenForSealing).

  /// A second descriptor, locked: one sealer at a time. The lock goes with the descriptor.
  Result<LocalDescriptor> OpenForSealing(const LocalRoot& root) const;

  Status StoreWord(uint64_t word) const;
  Status AppendRecord(uint64_t offset, std::string_view record) const;  ///< Cuts off what stood there.
  Status Sync() const;

 private:
  LocalSealMark(std::string path, LocalDescriptor descriptor, const uint64_t* word)
      : path_(std::move(path)), descriptor_(std::move(descriptor)), word_(word) {}

  const std::string path_;
  const LocalDescriptor descriptor_;
  const uint64_t* const word_;

  mutable Mutex mutex_;
  mutable std::shared_ptr<const SealMark> decoded_ GUARDED_BY(mutex_);
};

}  // namespace cellar::common
