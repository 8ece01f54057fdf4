#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/base/fencing.h"
#include "common/concurrency/event.h"
#include "model/ids.h"

namespace cellar::master {

enum class ServerState : uint8_t {
  kRegistered,  ///< Has its incarnation, and no directory yet.
  kReady,       ///< Takes ranges.
  kDead,        ///< Its lock is free. Its ranges go elsewhere.
};

std::string_view ServerStateName(ServerState state);

/// The latest life of a range server, as the master knows it.
struct Server {
  model::Location location;
  std::string address;
  Incarnation incarnation;
  ServerState state = ServerState::kRegistered;
  int granted_count = 0;  ///< Ranges given to it in this term: for placement.

  Server() = default;
};

/// The range servers of the cluster. Loop only.
///
/// Invariant: one life a location; a later one ends those before it.
class Servers {
 public:
  /// A new life.
  void Add(Server server);
  void SetReady(const model::Location& location);
  void SetDead(const model::Location& location);

  const std::map<model::Location, Server>& all() const { return servers_; }
  const Server* Find(const model::Location& location) const;
  /// That very life, and ready.
  bool IsReady(const model::Location& location, Incarnation incarnation) const;
  /// That very life, not dead: its directory must not be sealed.
  bool IsAlive(const model::Location& location, Incarnation incarnation) const;
  bool AnyReady() const;

  /// The ready server with the fewest ranges, the first of several; counts one more for it. nullopt: none is ready.
  std::optional<Server> Choose();

  /// Woken at each change; `change_count` tells whether there was one.
  Event& changed() { return changed_; }
  uint64_t change_count() const { return change_count_; }

 private:
  void NoteChange();

  std::map<model::Location, Server> servers_;
  Event changed_{"servers"};
  uint64_t change_count_ = 0;
};

}  // namespace cellar::master
