#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/time/clock.h"
#include "lockservice/node.h"

namespace cellar::lockservice {

/// A hold on a lock, as the name of its znode says it.
struct HoldName {
  LockMode mode = LockMode::kExclusive;
  SessionId session;
};

/// Where everything lies in ZooKeeper, and what the znodes hold. docs/internals/lockservice.md describes it.
///
///     PATH                         "cellar lock service 1"
///     PATH/sessions/<ZooKeeper's session id>   ephemeral, one a session
///     PATH/nodes                   the node "/"
///     PATH/nodes/a/b               the node "/a/b"
///     PATH/nodes/a/b/=x-<session>  ephemeral: that session holds its lock, exclusive (x) or shared (s)
class ZnodeLayout {
 public:
  /// `path`: as CheckNodePath wants it, not "/".
  explicit ZnodeLayout(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  std::string nodes() const { return path_ + "/nodes"; }
  std::string sessions() const { return path_ + "/sessions"; }
  std::string Node(std::string_view node_path) const;
  std::string Session(int64_t zookeeper_id) const;
  static std::string Hold(std::string_view node_znode, const HoldName& hold);

  /// Absent when `child` is a node's name.
  static std::optional<HoldName> ParseHold(std::string_view child);

  /// Data of PATH.
  static constexpr std::string_view kFormat = "cellar lock service 1";

 private:
  const std::string path_;
};

/// The part of a node's state that its znode's data holds: all but the lock.
std::string EncodeZnode(const NodeState& state);
/// kCorruption or kUnsupported, naming the znode.
Result<NodeState> DecodeZnode(std::string_view data, std::string_view znode);

/// What a session's znode holds, for people who look.
std::string EncodeSessionZnode(std::string_view name, Nanos lease, uint64_t renewals);

/// 16 hex digits.
std::string HexOf(uint64_t number);
/// Absent when `text` is not 16 lower-case hex digits.
std::optional<uint64_t> ParseHex(std::string_view text);

}  // namespace cellar::lockservice
