#include "lockservice/lock_service_url.h"

#include <utility>

namespace cellar::lockservice {
namespace {

constexpr std::string_view kEmbedded = "embedded:";
constexpr std::string_view kRemote = "cellar://";
constexpr std::string_view kZooKeeper = "zookeeper://";
constexpr std::string_view kDefaultPort = ":15861";

bool HasPort(std::string_view address) {
  const size_t colon = address.rfind(':');
  return colon != std::string_view::npos && address.find(']', colon) == std::string_view::npos;
}

}  // namespace

std::string LockServiceUrl::ToString() const {
  return kind == Kind::kEmbedded ? std::string(kEmbedded) : std::string(kRemote) + address.ToString();
}

Result<LockServiceUrl> ParseLockServiceUrl(std::string_view text) {
  LockServiceUrl url;
  if (text == kEmbedded) return url;
  if (text.starts_with(kZooKeeper)) {
    return common::Unsupported("lock service '" + std::string(text) + "': this build has no ZooKeeper backend");
  }
  if (!text.starts_with(kRemote)) {
    return common::InvalidArgument("lock service '" + std::string(text) +
                                   "': expected embedded: or cellar://host:port");
  }
  std::string address(text.substr(kRemote.size()));
  if (!HasPort(address)) address.append(kDefaultPort);
  Result<rpc::Address> parsed = rpc::Address::Parse(address);
  if (!parsed.ok()) return std::move(parsed).status().WithContext("lock service '" + std::string(text) + "'");
  url.kind = LockServiceUrl::Kind::kRemote;
  url.address = std::move(parsed).value();
  return url;
}

}  // namespace cellar::lockservice
