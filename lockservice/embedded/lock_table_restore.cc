#include <utility>

#include "lockservice/embedded/lock_codec.h"
#include "lockservice/embedded/lock_table.h"

namespace cellar::lockservice {
namespace {

Status Inconsistent(std::string what) {
  return common::Corruption("lock service: " + std::move(what));
}

}  // namespace

std::vector<LockEdit> LockTable::Snapshot() const {
  std::vector<LockEdit> entities;
  for (const auto& [id, session] : sessions_) {
    entities.push_back({LockEntity::kSession, id.get(), EncodeSession(session)});
  }
  for (const auto& [path, node] : nodes_) {
    if (path != "/") entities.push_back({LockEntity::kNode, node.id, EncodeNode(path, node.state)});
    for (const LockHold& hold : node.state.holds) {
      const HoldBody body{hold.mode, hold.session, node.id};
      entities.push_back({LockEntity::kHold, hold.number, EncodeHold(body)});
    }
  }
  entities.push_back(CountersEdit());
  return entities;
}

Result<LockTable> LockTable::Restore(const std::vector<LockEdit>& entities) {
  LockTable table;
  std::map<uint64_t, std::string> paths_by_id;
  for (const LockEdit& entity : entities) {
    if (entity.type != LockEntity::kHold) RETURN_IF_ERROR(table.RestoreEntity(entity, &paths_by_id));
  }
  // Holds refer to nodes and sessions, whatever order they came in; numbers rise in order of acquisition.
  std::map<uint64_t, const LockEdit*> holds;
  for (const LockEdit& entity : entities) {
    if (entity.type == LockEntity::kHold) holds.emplace(entity.id, &entity);
  }
  for (const auto& [number, entity] : holds) RETURN_IF_ERROR(table.RestoreHold(*entity, paths_by_id));
  RETURN_IF_ERROR(table.LinkRestoredNodes());
  return table;
}

Status LockTable::RestoreEntity(const LockEdit& entity, std::map<uint64_t, std::string>* paths_by_id) {
  if (!entity.body) return Inconsistent("a removed entity in a snapshot");
  switch (entity.type) {
    case LockEntity::kSession: {
      ASSIGN_OR_RETURN(SessionRecord session, DecodeSession(*entity.body));
      sessions_.emplace(SessionId(entity.id), std::move(session));
      return common::OkStatus();
    }
    case LockEntity::kNode: {
      ASSIGN_OR_RETURN(NodeBody body, DecodeNode(*entity.body));
      Node node;
      node.id = entity.id;
      node.state = std::move(body.state);
      paths_by_id->emplace(entity.id, body.path);
      if (!nodes_.emplace(body.path, std::move(node)).second) return Inconsistent("two nodes " + body.path);
      return common::OkStatus();
    }
    case LockEntity::kCounters: {
      ASSIGN_OR_RETURN(const CountersBody counters, DecodeCounters(*entity.body));
      next_session_ = counters.next_session;
      next_node_ = counters.next_node;
      next_sequencer_ = counters.next_sequencer;
      return common::OkStatus();
    }
    case LockEntity::kHold:
      break;
  }
  return common::Unsupported("lock service: entity of type " + std::to_string(static_cast<uint32_t>(entity.type)));
}

Status LockTable::RestoreHold(const LockEdit& entity, const std::map<uint64_t, std::string>& paths_by_id) {
  const std::string name = "hold " + std::to_string(entity.id);
  if (!entity.body) return Inconsistent("a removed entity in a snapshot");
  ASSIGN_OR_RETURN(const HoldBody hold, DecodeHold(*entity.body));
  const auto path = paths_by_id.find(hold.node_id);
  if (path == paths_by_id.end()) return Inconsistent(name + " on a node that is not there");
  if (!sessions_.contains(hold.session)) return Inconsistent(name + " of a session that is not there");
  if (entity.id >= next_sequencer_) return Inconsistent(name + " is above the counter");
  std::vector<LockHold>& holds = nodes_[path->second].state.holds;
  for (const LockHold& other : holds) {
    const bool shared = other.mode == LockMode::kShared && hold.mode == LockMode::kShared;
    if (!shared || other.session == hold.session) return Inconsistent(name + " contradicts another");
  }
  holds.push_back({hold.session, hold.mode, entity.id});
  return common::OkStatus();
}

Status LockTable::LinkRestoredNodes() {
  for (auto& [path, node] : nodes_) {
    if (path == "/") continue;
    const auto parent = nodes_.find(std::string(ParentOf(path)));
    if (parent == nodes_.end() || parent->second.state.kind != NodeKind::kPersistent) {
      return Inconsistent("node " + path + " without a parent");
    }
    if (node.state.kind == NodeKind::kEphemeral && !sessions_.contains(node.state.owner)) {
      return Inconsistent("ephemeral node " + path + " of a session that is not there");
    }
    if (node.id == 0 || node.id >= next_node_) return Inconsistent("node " + path + " is above the counter");
    parent->second.children.insert(path.substr(path.rfind('/') + 1));
  }
  if (!sessions_.empty() && sessions_.rbegin()->first.get() >= next_session_) {
    return Inconsistent("a session is above the counter");
  }
  return common::OkStatus();
}

}  // namespace cellar::lockservice
