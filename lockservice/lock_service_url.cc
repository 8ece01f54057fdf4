#include "lockservice/lock_service_url.h"

#include <algorithm>
#include <utility>

#include "lockservice/node.h"

namespace cellar::lockservice {
namespace {

constexpr std::string_view kEmbedded = "embedded:";
constexpr std::string_view kRemote = "cellar://";
constexpr std::string_view kZooKeeper = "zookeeper://";
constexpr std::string_view kRemotePort = ":15861";
constexpr std::string_view kZooKeeperPort = ":2181";
constexpr std::string_view kZooKeeperPath = "/cellar";

bool HasPort(std::string_view address) {
  const size_t colon = address.rfind(':');
  return colon != std::string_view::npos && address.find(']', colon) == std::string_view::npos;
}

Result<rpc::Address> ParseAddress(std::string_view text, std::string_view default_port) {
  std::string address(text);
  if (!HasPort(address)) address.append(default_port);
  return rpc::Address::Parse(address);
}

Status ParseZooKeeper(std::string_view text, LockServiceUrl* url) {
  const size_t slash = std::min(text.find('/'), text.size());
  std::string_view servers = text.substr(0, slash);
  url->path = text.size() > slash + 1 ? text.substr(slash) : kZooKeeperPath;
  RETURN_IF_ERROR(CheckNodePath(url->path));
  for (;;) {
    const size_t comma = std::min(servers.find(','), servers.size());
    ASSIGN_OR_RETURN(rpc::Address server, ParseAddress(servers.substr(0, comma), kZooKeeperPort));
    url->servers.push_back(std::move(server));
    if (comma == servers.size()) return common::OkStatus();
    servers.remove_prefix(comma + 1);
  }
}

Status ParseInto(std::string_view text, LockServiceUrl* url) {
  if (text == kEmbedded) return common::OkStatus();
  if (text.starts_with(kZooKeeper)) {
    url->kind = LockServiceUrl::Kind::kZooKeeper;
    return ParseZooKeeper(text.substr(kZooKeeper.size()), url);
  }
  if (!text.starts_with(kRemote)) {
    return common::InvalidArgument("expected embedded:, cellar://host:port or zookeeper://host:port,host:port/path");
  }
  url->kind = LockServiceUrl::Kind::kRemote;
  ASSIGN_OR_RETURN(url->address, ParseAddress(text.substr(kRemote.size()), kRemotePort));
  return common::OkStatus();
}

}  // namespace

std::string LockServiceUrl::ToString() const {
  if (kind == Kind::kEmbedded) return std::string(kEmbedded);
  if (kind == Kind::kRemote) return std::string(kRemote) + address.ToString();
  std::string text(kZooKeeper);
  for (size_t i = 0; i < servers.size(); ++i) text.append(i == 0 ? "" : ",").append(servers[i].ToString());
  return text.append(path);
}

Result<LockServiceUrl> ParseLockServiceUrl(std::string_view text) {
  LockServiceUrl url;
  Status parsed = ParseInto(text, &url);
  if (!parsed.ok()) return std::move(parsed).WithContext("lock service '" + std::string(text) + "'");
  return url;
}

}  // namespace cellar::lockservice
