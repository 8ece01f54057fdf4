#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/file/file_system.h"
#include "common/file/local_descriptor.h"
#include "common/file/local_fence.h"

namespace cellar::common {

/// A local file being appended to. `on_data_synced` is called between the sync and the look at the fence.
class LocalWritableFile final : public WritableFile {
 public:
  LocalWritableFile(std::string path, Incarnation incarnation, LocalDescriptor descriptor, LocalFence fence,
                    std::function<void()> on_data_synced)
      : path_(std::move(path)),
        incarnation_(incarnation),
        descriptor_(std::move(descriptor)),
        fence_(std::move(fence)),
        on_data_synced_(std::move(on_data_synced)) {}

  using WritableFile::Append;
  Result<uint64_t> Append(std::span<const std::string_view> pieces) override;
  Status Sync() override;
  Status Close() override;

 private:
  Status WritePieces(std::span<const std::string_view> pieces);

  const std::string path_;
  const Incarnation incarnation_;
  LocalDescriptor descriptor_;
  const LocalFence fence_;
  const std::function<void()> on_data_synced_;
  uint64_t length_bytes_ = 0;
  uint64_t synced_bytes_ = 0;
  Status failure_;  ///< The first error; every later call answers it.
};

/// A local file opened for reading, bounded by the seals above it.
class LocalReadableFile final : public ReadableFile {
 public:
  LocalReadableFile(std::string path, LocalDescriptor descriptor, LocalFence fence)
      : path_(std::move(path)), descriptor_(std::move(descriptor)), fence_(std::move(fence)) {}

  Result<size_t> Read(uint64_t offset, size_t size, char* out) const override;
  Result<uint64_t> Length() const override;

 private:
  const std::string path_;
  const LocalDescriptor descriptor_;
  const LocalFence fence_;
};

}  // namespace cellar::common
