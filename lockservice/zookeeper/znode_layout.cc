#include "lockservice/zookeeper/znode_layout.h"

#include <fmt/format.h>

#include <charconv>

#include "common/bytes/coding.h"

namespace cellar::lockservice {
namespace {

constexpr uint8_t kVersion = 1;
constexpr std::string_view kExclusivePrefix = "=x-";
constexpr std::string_view kSharedPrefix = "=s-";

Status Malformed(std::string_view znode) {
  return common::Corruption(fmt::format("ZooKeeper: the data of {} is not a lock service node", znode));
}

bool ReadAttributes(common::Reader* reader, Attributes* attributes) {
  uint64_t count = 0;
  if (!reader->GetVarint64(&count) || count > kMaxAttributes) return false;
  for (uint64_t i = 0; i < count; ++i) {
    std::string_view name;
    std::string_view value;
    if (!reader->GetLengthPrefixed(&name) || !reader->GetLengthPrefixed(&value)) return false;
    if (!attributes->emplace(name, value).second) return false;
  }
  return reader->empty();
}

}  // namespace

std::string HexOf(uint64_t number) {
  return fmt::format("{:016x}", number);
}

std::optional<uint64_t> ParseHex(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || HexOf(number) != text) return std::nullopt;
  return number;
}

std::string ZnodeLayout::Node(std::string_view node_path) const {
  std::string znode = nodes();
  if (node_path != "/") znode.append(node_path);
  return znode;
}

std::string ZnodeLayout::Session(int64_t zookeeper_id) const {
  return sessions() + "/" + HexOf(static_cast<uint64_t>(zookeeper_id));
}

std::string ZnodeLayout::Hold(std::string_view node_znode, const HoldName& hold) {
  std::string znode(node_znode);
  znode.append("/").append(hold.mode == LockMode::kExclusive ? kExclusivePrefix : kSharedPrefix);
  return znode.append(HexOf(hold.session.get()));
}

std::optional<HoldName> ZnodeLayout::ParseHold(std::string_view child) {
  HoldName hold;
  if (child.starts_with(kSharedPrefix)) {
    hold.mode = LockMode::kShared;
  } else if (!child.starts_with(kExclusivePrefix)) {
    return std::nullopt;
  }
  const std::optional<uint64_t> session = ParseHex(child.substr(kSharedPrefix.size()));
  if (!session) return std::nullopt;
  hold.session = SessionId(*session);
  return hold;
}

std::string EncodeZnode(const NodeState& state) {
  std::string data;
  common::PutFixed8(&data, kVersion);
  common::PutFixed8(&data, static_cast<uint8_t>(state.kind));
  common::PutVarint64(&data, state.owner.get());
  common::PutVarint64(&data, state.version);
  common::PutVarint64(&data, state.attributes.size());
  for (const auto& [name, value] : state.attributes) {
    common::PutLengthPrefixed(&data, name);
    common::PutLengthPrefixed(&data, value);
  }
  return data;
}

Result<NodeState> DecodeZnode(std::string_view data, std::string_view znode) {
  common::Reader reader(data);
  NodeState state;
  uint8_t version = 0;
  uint8_t kind = 0;
  uint64_t owner = 0;
  if (!reader.GetFixed8(&version)) return Malformed(znode);
  if (version != kVersion) {
    return common::Unsupported(fmt::format("ZooKeeper: {} is a lock service node of version {}", znode, version));
  }
  if (!reader.GetFixed8(&kind) || kind > static_cast<uint8_t>(NodeKind::kEphemeral)) return Malformed(znode);
  if (!reader.GetVarint64(&owner) || !reader.GetVarint64(&state.version)) return Malformed(znode);
  if (!ReadAttributes(&reader, &state.attributes)) return Malformed(znode);
  state.kind = static_cast<NodeKind>(kind);
  state.owner = SessionId(owner);
  return state;
}

std::string EncodeSessionZnode(std::string_view name, Nanos lease, uint64_t renewals) {
  return fmt::format("{} lease_ms={} renewals={}", name, lease / kMillisecond, renewals);
}

}  // namespace cellar::lockservice
