#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/named_type.h"
#include "common/base/result.h"

namespace cellar::lockservice {

/// One life of one client. Never used again. 0 means none.
using SessionId = NamedType<uint64_t, struct SessionIdTag>;

inline constexpr size_t kMaxPathBytes = 1024;
inline constexpr size_t kMaxPathDepth = 16;
inline constexpr size_t kMaxAttributes = 32;
inline constexpr size_t kMaxNodeBytes = 256 * 1024;  ///< Names and values of all attributes.
inline constexpr size_t kMaxNodes = 100'000;
inline constexpr size_t kMaxSessions = 1'000;

enum class NodeKind : uint8_t {
  kPersistent = 0,
  kEphemeral = 1  ///< Goes with its session; has no children and no lock.
};

enum class LockMode : uint8_t { kShared = 1, kExclusive = 2 };

using Attributes = std::map<std::string, std::string>;

/// Proof that a lock was acquired: which, how, and the when of it. Numbers rise with every acquisition of any lock.
struct Sequencer {
  Sequencer() = default;
  Sequencer(std::string locked_path, LockMode lock_mode, uint64_t acquisition)
      : path(std::move(locked_path)), mode(lock_mode), number(acquisition) {}

  friend bool operator==(const Sequencer&, const Sequencer&) = default;

  std::string path;
  LockMode mode = LockMode::kExclusive;
  uint64_t number = 0;
};

/// "acquisition 7 of /a does not stand any more", with that code: what a sequencer, or a renewal, is refused by.
Status NotStanding(const Sequencer& sequencer, StatusCode code);

/// One session's hold on a node's lock.
struct LockHold {
  SessionId session;
  LockMode mode = LockMode::kExclusive;
  uint64_t number = 0;
};

/// What a read of a node shows; all of one instant.
struct NodeState {
  NodeKind kind = NodeKind::kPersistent;
  SessionId owner;  ///< Of an ephemeral node.
  uint64_t version = 0;
  Attributes attributes;
  std::vector<LockHold> holds;  ///< In order of acquisition; several only when shared.
};

/// kInvalidArgument saying what is wrong with the path.
Status CheckNodePath(std::string_view path);

/// kInvalidArgument naming the bound.
Status CheckAttributes(const Attributes& attributes);

/// "/a/b" → "/a", "/a" → "/". Requires a valid path other than "/".
std::string_view ParentOf(std::string_view path);

}  // namespace cellar::lockservice
