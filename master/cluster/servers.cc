#include "master/cluster/servers.h"

#include <utility>

namespace cellar::master {

std::string_view ServerStateName(ServerState state) {
  switch (state) {
    case ServerState::kRegistered:
      return "registered";
    case ServerState::kReady:
      return "ready";
    case ServerState::kDead:
      return "dead";
  }
  return "unknown";
}

void Servers::NoteChange() {
  ++change_count_;
  changed_.WakeAll();
}

void Servers::Add(Server server) {
  const model::Location location = server.location;
  servers_[location] = std::move(server);
  NoteChange();
}

void Servers::SetReady(const model::Location& location) {
  const auto found = servers_.find(location);
  if (found == servers_.end() || found->second.state == ServerState::kReady) return;
  found->second.state = ServerState::kReady;
  NoteChange();
}

void Servers::SetDead(const model::Location& location) {
  const auto found = servers_.find(location);
  if (found == servers_.end() || found->second.state == ServerState::kDead) return;
  found->second.state = ServerState::kDead;
  NoteChange();
}

const Server* Servers::Find(const model::Location& location) const {
  const auto found = servers_.find(location);
  return found == servers_.end() ? nullptr : &found->second;
}

bool Servers::IsReady(const model::Location& location, Incarnation incarnation) const {
  const Server* server = Find(location);
  return server != nullptr && server->incarnation == incarnation && server->state == ServerState::kReady;
}

bool Servers::IsAlive(const model::Location& location, Incarnation incarnation) const {
  const Server* server = Find(location);
  return server != nullptr && server->incarnation == incarnation && server->state != ServerState::kDead;
}

bool Servers::AnyReady() const {
  for (const auto& [location, server] : servers_) {
    if (server.state == ServerState::kReady) return true;
  }
  return false;
}

std::optional<Server> Servers::Choose() {
  Server* best = nullptr;
  for (auto& [location, server] : servers_) {
    if (server.state != ServerState::kReady) continue;
    if (best == nullptr || server.granted_count < best->granted_count) best = &server;
  }
  if (best == nullptr) return std::nullopt;
  ++best->granted_count;
  return *best;
}

}  // namespace cellar::master
