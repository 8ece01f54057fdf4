#pragma once

#include <string>
#include <string_view>

#include "lockservice/embedded/lock_table.h"

namespace cellar::lockservice {

// Bodies of the metalog's entities. Decoders answer kCorruption when the bytes do not decode to the end, kUnsupported
// for a version that this build does not know.

/// A node of the tree; one entity each.
struct NodeBody {
  std::string path;
  NodeState state;  ///< Without holds: those are entities of their own.
};

/// A lock that a session holds; one entity each.
struct HoldBody {
  LockMode mode = LockMode::kExclusive;
  SessionId session;
  uint64_t node_id = 0;
};

/// The next numbers to give away, never to be given twice.
struct CountersBody {
  uint64_t next_session = 1;
  uint64_t next_node = 1;
  uint64_t next_sequencer = 1;
};

std::string EncodeSession(const SessionRecord& session);
std::string EncodeNode(std::string_view path, const NodeState& state);
std::string EncodeHold(const HoldBody& hold);
std::string EncodeCounters(const CountersBody& counters);

Result<SessionRecord> DecodeSession(std::string_view body);
Result<NodeBody> DecodeNode(std::string_view body);
Result<HoldBody> DecodeHold(std::string_view body);
Result<CountersBody> DecodeCounters(std::string_view body);

}  // namespace cellar::lockservice
