#include "fsbroker/client/file_system_url.h"

#include <utility>

#include "common/file/local_file_system.h"
#include "fsbroker/client/broker_file_system.h"
#include "fsbroker/wire/protocol.h"

namespace cellar::fsbroker {
namespace {

constexpr std::string_view kLocal = "local:";
constexpr std::string_view kBroker = "broker://";

bool HasPort(std::string_view address) {
  const size_t colon = address.rfind(':');
  return colon != std::string_view::npos && address.find(']', colon) == std::string_view::npos;
}

}  // namespace

std::string FileSystemUrl::ToString() const {
  return kind == Kind::kLocal ? std::string(kLocal) : std::string(kBroker) + address.ToString();
}

Result<FileSystemUrl> ParseFileSystemUrl(std::string_view text) {
  FileSystemUrl url;
  if (text == kLocal) return url;
  const std::string quoted = "file system '" + std::string(text) + "'";
  if (!text.starts_with(kBroker)) {
    return common::InvalidArgument(quoted + ": expected local: or broker://host:port");
  }
  std::string address(text.substr(kBroker.size()));
  if (!HasPort(address)) address.append(":").append(std::to_string(kDefaultPort));
  Result<rpc::Address> parsed = rpc::Address::Parse(address);
  if (!parsed.ok()) return std::move(parsed).status().WithContext(quoted);
  url.kind = FileSystemUrl::Kind::kBroker;
  url.address = std::move(parsed).value();
  return url;
}

Result<OpenedFileSystem> OpenFileSystem(const FileSystemUrl& url, const FileSystemOpening& opening) {
  OpenedFileSystem opened;
  if (url.kind == FileSystemUrl::Kind::kLocal) {
    ASSIGN_OR_RETURN(opened.files, common::LocalFileSystem::OpenRoot(opening.local_root));
    return opened;
  }
  BrokerOptions options = opening.broker;
  options.address = url.address;
  ASSIGN_OR_RETURN(auto files, BrokerFileSystem::Connect(options, opening.clock, opening.seed, opening.logger));
  opened.cluster_id = files->cluster_id();
  opened.files = std::move(files);
  return opened;
}

}  // namespace cellar::fsbroker
