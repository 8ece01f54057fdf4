#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/time/clock.h"
#include "lockservice/node.h"

namespace cellar::lockservice {

/// Types of the metalog's entities; docs/internals/lockservice.md has their bodies.
enum class LockEntity : uint32_t { kSession = 1, kNode = 2, kHold = 3, kCounters = 4 };

/// What becomes of one entity.
struct LockEdit {
  LockEntity type = LockEntity::kCounters;
  uint64_t id = 0;
  std::optional<std::string> body;  ///< Absent: removed.
};

/// What one call changed: what must be made durable, as one batch, and whom to tell.
struct LockChange {
  std::vector<LockEdit> edits;
  std::set<std::string> touched;  ///< Paths to look at again.
};

/// A session as the table knows it.
struct SessionRecord {
  std::string name;
  Nanos lease = 0;
  bool local = false;  ///< Of the service's own process: dies with it.
};

/// The state of the embedded lock service and its rules, as plain values: no files, no time, no waiting. Calls either
/// change nothing and return an error, or change the table and append to `*change` what has to follow. One owner.
///
/// Invariants: 1. the parent of each node is a persistent node; 2. a lock's holds are of different living sessions, and
/// several only when all are shared; 3. ephemeral nodes belong to living sessions; 4. ids and sequencer numbers rise.
class LockTable {
 public:
  LockTable();

  /// The table that these entities describe, in any order. kCorruption, or kUnsupported for a later version of a body.
  static Result<LockTable> Restore(const std::vector<LockEdit>& entities);

  /// What Restore needs: all entities.
  std::vector<LockEdit> Snapshot() const;

  /// Sessions that are opened from now on have ids of at least `least`.
  void RaiseSessionIds(uint64_t least) { next_session_ = std::max(next_session_, least); }

  Result<SessionId> OpenSession(SessionRecord session, LockChange* change);
  /// No effect when there is no such session.
  void EndSession(SessionId id, LockChange* change);

  Status Create(SessionId session, const std::string& path, NodeKind kind, Attributes attributes, LockChange* change);
  Status Remove(SessionId session, const std::string& path, LockChange* change);
  Result<NodeState> Read(const std::string& path) const;
  Result<std::vector<std::string>> List(const std::string& path) const;
  Result<uint64_t> Write(const std::string& path, const Attributes& changes, std::optional<uint64_t> expected,
                         LockChange* change);
  /// kBusy when others hold it.
  Result<Sequencer> Acquire(SessionId session, const std::string& path, LockMode mode, LockChange* change);
  Status Release(SessionId session, const std::string& path, LockChange* change);
  Status CheckSequencer(const Sequencer& sequencer) const;
  /// OK when all of `held` are acquisitions of the session that stand, else kConflict.
  Status CheckHolds(SessionId session, const std::vector<Sequencer>& held) const;

  const std::map<SessionId, SessionRecord>& sessions() const { return sessions_; }
  size_t node_count() const { return nodes_.size() - 1; }  ///< Without the root.

  /// Stops the process when an invariant does not hold. Cost: the whole table.
  void CheckInvariants() const;

 private:
  struct Node {
    uint64_t id = 0;
    NodeState state;
    std::set<std::string> children;
  };

  const LockHold* FindHold(const Sequencer& sequencer) const;
  Result<Node*> Find(const std::string& path);
  Result<Node*> FindChangeable(const std::string& path);
  void RemoveNode(std::map<std::string, Node>::iterator place, LockChange* change);
  static void RemoveHolds(const std::string& path, Node* node, SessionId session, LockChange* change);
  LockEdit CountersEdit() const;
  Status RestoreEntity(const LockEdit& entity, std::map<uint64_t, std::string>* paths_by_id);
  Status RestoreHold(const LockEdit& entity, const std::map<uint64_t, std::string>& paths_by_id);
  Status LinkRestoredNodes();

  std::map<SessionId, SessionRecord> sessions_;
  std::map<std::string, Node> nodes_;  ///< By path; "/" is always there, and never an entity.
  uint64_t next_session_ = 1;
  uint64_t next_node_ = 1;
  uint64_t next_sequencer_ = 1;
};

}  // namespace cellar::lockservice
