#include "lockservice/embedded/lock_table.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "lockservice/embedded/lock_codec.h"

namespace cellar::lockservice {
namespace {

constexpr uint64_t kCountersId = 1;

std::string NameOf(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

Status NoNode(std::string_view path) {
  return common::NotFound("lock service: no node " + std::string(path));
}

}  // namespace

LockTable::LockTable() {
  nodes_["/"].state.version = 1;
}

LockEdit LockTable::CountersEdit() const {
  const CountersBody counters{next_session_, next_node_, next_sequencer_};
  return {LockEntity::kCounters, kCountersId, EncodeCounters(counters)};
}

Result<LockTable::Node*> LockTable::Find(const std::string& path) {
  RETURN_IF_ERROR(CheckNodePath(path));
  auto found = nodes_.find(path);
  if (found == nodes_.end()) return NoNode(path);
  return &found->second;
}

Result<LockTable::Node*> LockTable::FindChangeable(const std::string& path) {
  if (path == "/") return common::InvalidArgument("lock service: the root node cannot be changed");
  return Find(path);
}

// ---- Sessions

Result<SessionId> LockTable::OpenSession(SessionRecord session, LockChange* change) {
  if (sessions_.size() >= kMaxSessions) return common::Busy("lock service: too many sessions");
  const SessionId id(next_session_++);
  change->edits.push_back({LockEntity::kSession, id.get(), EncodeSession(session)});
  change->edits.push_back(CountersEdit());
  sessions_.emplace(id, std::move(session));
  return id;
}

void LockTable::EndSession(SessionId id, LockChange* change) {
  if (sessions_.erase(id) == 0) return;
  change->edits.push_back({LockEntity::kSession, id.get(), std::nullopt});
  for (auto place = nodes_.begin(); place != nodes_.end();) {
    const auto current = place++;
    RemoveHolds(current->first, &current->second, id, change);
    const NodeState& state = current->second.state;
    if (state.kind == NodeKind::kEphemeral && state.owner == id) RemoveNode(current, change);
  }
}

void LockTable::RemoveHolds(const std::string& path, Node* node, SessionId session, LockChange* change) {
  std::vector<LockHold>& holds = node->state.holds;
  for (auto hold = holds.begin(); hold != holds.end();) {
    if (hold->session != session) {
      ++hold;
      continue;
    }
    change->edits.push_back({LockEntity::kHold, hold->number, std::nullopt});
    change->touched.insert(path);
    hold = holds.erase(hold);
  }
}

// ---- Nodes

Status LockTable::Create(SessionId session, const std::string& path, NodeKind kind, Attributes attributes,
                         LockChange* change) {
  RETURN_IF_ERROR(CheckNodePath(path));
  RETURN_IF_ERROR(CheckAttributes(attributes));
  if (auto found = nodes_.find(path); found != nodes_.end()) {
    const NodeState& state = found->second.state;
    const bool repeated = kind == NodeKind::kEphemeral && state.kind == kind && state.owner == session;
    return repeated ? common::OkStatus() : common::AlreadyExists("lock service: node " + path + " exists");
  }
  auto parent = nodes_.find(std::string(ParentOf(path)));
  if (parent == nodes_.end()) return NoNode(ParentOf(path));
  if (parent->second.state.kind == NodeKind::kEphemeral) {
    return common::Conflict("lock service: ephemeral node " + parent->first + " cannot have children");
  }
  if (nodes_.size() > kMaxNodes) return common::Busy("lock service: too many nodes");

  Node node;
  node.id = next_node_++;
  node.state.kind = kind;
  node.state.version = 1;
  node.state.attributes = std::move(attributes);
  if (kind == NodeKind::kEphemeral) node.state.owner = session;
  change->edits.push_back({LockEntity::kNode, node.id, EncodeNode(path, node.state)});
  change->edits.push_back(CountersEdit());
  change->touched.insert(path);
  change->touched.insert(parent->first);
  parent->second.children.insert(NameOf(path));
  nodes_.emplace(path, std::move(node));
  return common::OkStatus();
}

Status LockTable::Remove(SessionId session, const std::string& path, LockChange* change) {
  ASSIGN_OR_RETURN(const Node* node, FindChangeable(path));
  if (!node->children.empty()) return common::Conflict("lock service: node " + path + " has children");
  for (const LockHold& hold : node->state.holds) {
    if (hold.session != session) return common::Conflict("lock service: node " + path + " is locked");
  }
  RemoveNode(nodes_.find(path), change);
  return common::OkStatus();
}

void LockTable::RemoveNode(std::map<std::string, Node>::iterator place, LockChange* change) {
  for (const LockHold& hold : place->second.state.holds) {
    change->edits.push_back({LockEntity::kHold, hold.number, std::nullopt});
  }
  change->edits.push_back({LockEntity::kNode, place->second.id, std::nullopt});
  const auto parent = nodes_.find(std::string(ParentOf(place->first)));
  CHECK(parent != nodes_.end() && parent->second.children.erase(NameOf(place->first)) == 1);
  change->touched.insert(place->first);
  change->touched.insert(parent->first);
  nodes_.erase(place);
}

Result<NodeState> LockTable::Read(const std::string& path) const {
  ASSIGN_OR_RETURN(const Node* node, const_cast<LockTable*>(this)->Find(path));
  return node->state;
}

Result<std::vector<std::string>> LockTable::List(const std::string& path) const {
  ASSIGN_OR_RETURN(const Node* node, const_cast<LockTable*>(this)->Find(path));
  return std::vector<std::string>(node->children.begin(), node->children.end());
}

Result<uint64_t> LockTable::Write(const std::string& path, const Attributes& changes, std::optional<uint64_t> expected,
                                  LockChange* change) {
  ASSIGN_OR_RETURN(Node * node, FindChangeable(path));
  if (expected && *expected != node->state.version) {
    return common::Conflict("lock service: node " + path + " has version " + std::to_string(node->state.version) +
                            ", not " + std::to_string(*expected));
  }
  Attributes merged = changes;
  merged.insert(node->state.attributes.begin(), node->state.attributes.end());
  RETURN_IF_ERROR(CheckAttributes(merged));
  node->state.attributes = std::move(merged);
  ++node->state.version;
  change->edits.push_back({LockEntity::kNode, node->id, EncodeNode(path, node->state)});
  change->touched.insert(path);
  return node->state.version;
}

// ---- Locks

Result<Sequencer> LockTable::Acquire(SessionId session, const std::string& path, LockMode mode, LockChange* change) {
  ASSIGN_OR_RETURN(Node * node, FindChangeable(path));
  if (node->state.kind == NodeKind::kEphemeral) {
    return common::Conflict("lock service: ephemeral node " + path + " has no lock");
  }
  std::vector<LockHold>& holds = node->state.holds;
  for (const LockHold& hold : holds) {
    if (hold.session != session) continue;
    if (hold.mode == mode) return Sequencer(path, mode, hold.number);
    return common::Conflict("lock service: this session holds " + path + " in the other mode");
  }
  const bool all_shared =
      std::all_of(holds.begin(), holds.end(), [](const LockHold& hold) { return hold.mode == LockMode::kShared; });
  if (!holds.empty() && !(mode == LockMode::kShared && all_shared)) {
    return common::Busy("lock service: " + path + " is locked");
  }
  const uint64_t number = next_sequencer_++;
  holds.push_back({session, mode, number});
  const HoldBody body{mode, session, node->id};
  change->edits.push_back({LockEntity::kHold, number, EncodeHold(body)});
  change->edits.push_back(CountersEdit());
  change->touched.insert(path);
  return Sequencer(path, mode, number);
}

Status LockTable::Release(SessionId session, const std::string& path, LockChange* change) {
  ASSIGN_OR_RETURN(Node * node, FindChangeable(path));
  RemoveHolds(path, node, session, change);
  return common::OkStatus();
}

/// nullptr when it does not stand.
const LockHold* LockTable::FindHold(const Sequencer& sequencer) const {
  const auto found = nodes_.find(sequencer.path);
  if (found == nodes_.end()) return nullptr;
  for (const LockHold& hold : found->second.state.holds) {
    if (hold.number == sequencer.number && hold.mode == sequencer.mode) return &hold;
  }
  return nullptr;
}

Status LockTable::CheckSequencer(const Sequencer& sequencer) const {
  RETURN_IF_ERROR(CheckNodePath(sequencer.path));
  if (FindHold(sequencer) != nullptr) return common::OkStatus();
  return NotStanding(sequencer, StatusCode::kFenced);
}

Status LockTable::CheckHolds(SessionId session, const std::vector<Sequencer>& held) const {
  for (const Sequencer& sequencer : held) {
    const LockHold* hold = FindHold(sequencer);
    if (hold == nullptr || hold->session != session) return NotStanding(sequencer, StatusCode::kConflict);
  }
  return common::OkStatus();
}

void LockTable::CheckInvariants() const {
  std::set<uint64_t> numbers;
  for (const auto& [path, node] : nodes_) {
    const NodeState& state = node.state;
    if (path != "/") {
      const auto parent = nodes_.find(std::string(ParentOf(path)));
      CHECK(parent != nodes_.end() && parent->second.state.kind == NodeKind::kPersistent);
      CHECK(parent->second.children.contains(NameOf(path)));
      CHECK(node.id > 0 && node.id < next_node_);
    }
    for (const std::string& child : node.children) CHECK(nodes_.contains((path == "/" ? path : path + "/") + child));
    CHECK(state.kind == NodeKind::kPersistent || sessions_.contains(state.owner));
    std::set<SessionId> holders;
    for (const LockHold& hold : state.holds) {
      CHECK(sessions_.contains(hold.session) && holders.insert(hold.session).second);
      CHECK(state.holds.size() == 1 || hold.mode == LockMode::kShared);
      CHECK(hold.number < next_sequencer_ && numbers.insert(hold.number).second);
    }
  }
  CHECK(sessions_.empty() || sessions_.rbegin()->first.get() < next_session_);
}

}  // namespace cellar::lockservice
