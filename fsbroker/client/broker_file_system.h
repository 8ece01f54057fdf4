#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/cluster_id.h"
#include "common/file/file_system.h"
#include "common/logging/logger.h"
#include "fsbroker/client/broker_options.h"

namespace cellar::fsbroker {

class BrokerCalls;

/// The files of a broker process (docs/internals/broker.md). Thread-safe; calls block, up to their time-out, and are
/// repeated over new connections as long as that is safe:
///
///   a broker that is away     kUnavailable after reconnect_wait: nothing was done
///   no answer in time         kTimedOut: the outcome is unknown
///   an answer that cannot be  kIoError, saying what is wrong with it
///   a broker started anew     reads go on; files being written answer kIoError from then on, for good
///
/// Each names the broker's address and the path. Handles may outlive the object.
class BrokerFileSystem final : public FileSystem {
 public:
  /// Says hello. kUnavailable within connect_timeout when there is no broker at the address; kUnsupported when it
  /// speaks another version. `seed` is chance (common::SystemSeed()): sessions are told apart by it. Borrows `clock`.
  static Result<std::unique_ptr<BrokerFileSystem>> Connect(const BrokerOptions& options, const Clock& clock,
                                                           uint64_t seed, Logger logger = {});
  ~BrokerFileSystem() override;

  /// To whom the storage belongs, when the broker knows.
  const std::optional<ClusterId>& cluster_id() const { return cluster_id_; }

  Result<std::unique_ptr<WritableFile>> Create(std::string_view path, Incarnation incarnation) override;
  Result<std::unique_ptr<ReadableFile>> Open(std::string_view path) const override;
  Status CreateDirectories(std::string_view path) override;
  Result<std::vector<common::DirectoryEntry>> List(std::string_view path) const override;
  Result<bool> Exists(std::string_view path) const override;
  Status Remove(std::string_view path) override;
  Status RemoveDirectory(std::string_view path) override;
  Result<std::vector<common::SealedFile>> Seal(std::string_view directory, Incarnation incarnation) override;

 private:
  BrokerFileSystem(std::shared_ptr<BrokerCalls> calls, std::optional<ClusterId> cluster_id);

  const std::shared_ptr<BrokerCalls> calls_;
  const std::optional<ClusterId> cluster_id_;
};

}  // namespace cellar::fsbroker
