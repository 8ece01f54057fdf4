#pragma once

#include <memory>
#include <string>

#include "common/concurrency/mutex.h"
#include "common/file/file_system.h"
#include "fsbroker/client/broker_calls.h"

namespace cellar::fsbroker {

/// A file being written through a broker. Its handle dies with the broker's life: then it is poisoned, as after any
/// error, and whoever wrote goes to a new file.
class BrokerWritableFile final : public WritableFile {
 public:
  BrokerWritableFile(std::shared_ptr<BrokerCalls> calls, std::string path, const BrokerHandle& handle,
                     size_t max_transfer_bytes)
      : calls_(std::move(calls)), path_(std::move(path)), handle_(handle), max_transfer_bytes_(max_transfer_bytes) {}
  ~BrokerWritableFile() override;

  using WritableFile::Append;
  Result<uint64_t> Append(std::span<const std::string_view> pieces) override;
  Status Sync() override;
  Status Close() override;

 private:
  /// Appends the pieces, `bytes` in all and no more than a transfer takes.
  Status Send(std::span<const std::string_view> pieces, size_t bytes, bool sync);

  const std::shared_ptr<BrokerCalls> calls_;
  const std::string path_;
  const BrokerHandle handle_;
  const size_t max_transfer_bytes_;
  uint64_t length_bytes_ = 0;
  bool is_open_ = true;
  Status failure_;  ///< The first error; every later call answers it.
};

/// A file opened for reading through a broker. Opened again, by its path, when the broker has let it go.
class BrokerReadableFile final : public ReadableFile {
 public:
  BrokerReadableFile(std::shared_ptr<BrokerCalls> calls, std::string path, const BrokerHandle& handle,
                     size_t max_transfer_bytes)
      : calls_(std::move(calls)), path_(std::move(path)), max_transfer_bytes_(max_transfer_bytes), handle_(handle) {}
  ~BrokerReadableFile() override;

  Result<size_t> Read(uint64_t offset, size_t size, char* out) const override;
  Result<uint64_t> Length() const override;

 private:
  using Body = std::function<Status(gen::BrokerClient&, int64_t file)>;

  Status CallOpened(std::string_view what, const Body& body) const;
  Status OpenAgain(const BrokerHandle& lost) const;
  BrokerHandle handle() const;

  const std::shared_ptr<BrokerCalls> calls_;
  const std::string path_;
  const size_t max_transfer_bytes_;
  mutable Mutex mutex_;
  mutable BrokerHandle handle_ GUARDED_BY(mutex_);
};

/// Opens `path` for reading.
CallOutcome OpenByBroker(BrokerCalls& calls, const std::string& path, BrokerHandle* handle);

}  // namespace cellar::fsbroker
