#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "common/concurrency/turn.h"
#include "common/file/file_system.h"

namespace cellar::fsbroker {

/// One of the files that a broker may have open at once. Given back when this goes.
class OpenFileSlot {
 public:
  explicit OpenFileSlot(std::atomic<size_t>& open_count) : open_count_(&open_count) { ++open_count; }
  OpenFileSlot(OpenFileSlot&& other) noexcept : open_count_(std::exchange(other.open_count_, nullptr)) {}
  OpenFileSlot& operator=(OpenFileSlot&&) = delete;
  ~OpenFileSlot() {
    if (open_count_ != nullptr) --*open_count_;
  }

 private:
  std::atomic<size_t>* open_count_;
};

/// What a handle for writing stands for. Its calls are made by one thread at a time.
class OpenWriter {
 public:
  OpenWriter(std::unique_ptr<WritableFile> file, OpenFileSlot slot) : slot_(std::move(slot)), file_(std::move(file)) {}

  /// Appends `data`, which begins at `offset`, and syncs if asked to. When it is the last append once more, as after an
  /// answer that was lost, nothing is added. kInvalidArgument when `offset` is not the file's length.
  Status Append(uint64_t offset, const std::string& data, bool sync);

 private:
  const OpenFileSlot slot_;  // Before the file: given back once that is closed.
  Turn turn_;                // Taken for each call of the file.
  std::unique_ptr<WritableFile> file_;
  uint64_t length_bytes_ = 0;
  uint64_t last_offset_ = 0;
};

/// What a handle for reading stands for. Thread-safe.
class OpenReader {
 public:
  OpenReader(std::unique_ptr<ReadableFile> opened, OpenFileSlot slot)
      : slot_(std::move(slot)), file_(std::move(opened)) {}

  const ReadableFile& file() const { return *file_; }

 private:
  const OpenFileSlot slot_;
  const std::unique_ptr<ReadableFile> file_;
};

}  // namespace cellar::fsbroker
