#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/file/file_system.h"
#include "common/logging/logger.h"
#include "common/time/clock.h"
#include "fsbroker/client/broker_options.h"

namespace cellar::fsbroker {

/// The value of the settings `files.data_url` and `files.log_url`.
struct FileSystemUrl {
  enum class Kind : uint8_t {
    kLocal,  ///< "local:": the data directory of this process.
    kBroker  ///< "broker://host:port"
  };

  Kind kind = Kind::kLocal;
  rpc::Address address;  ///< kBroker; port 15863 when none is given.

  std::string ToString() const;
  friend bool operator==(const FileSystemUrl&, const FileSystemUrl&) = default;
};

/// kInvalidArgument naming the text when it is neither.
Result<FileSystemUrl> ParseFileSystemUrl(std::string_view text);

/// How OpenFileSystem opens. Borrows `clock`.
struct FileSystemOpening {
  FileSystemOpening(const Clock& time, uint64_t chance) : clock(time), seed(chance) {}

  const Clock& clock;
  uint64_t seed;  ///< common::SystemSeed()
  Logger logger;
  std::string local_root;  ///< For kLocal: DataDirectory::files_root() of a directory that this process has taken.
  BrokerOptions broker;    ///< For kBroker: all but the address.
};

struct OpenedFileSystem {
  std::unique_ptr<FileSystem> files;
  std::optional<ClusterId> cluster_id;  ///< What the broker says; nothing for kLocal, whose directory says it.
};

/// kUnavailable naming the address when there is no broker; else as LocalFileSystem::OpenRoot and
/// BrokerFileSystem::Connect. Blocks up to the broker's connect_timeout.
Result<OpenedFileSystem> OpenFileSystem(const FileSystemUrl& url, const FileSystemOpening& opening);

}  // namespace cellar::fsbroker
