#pragma once

#include <string>

#include "tests/sim/sim_cluster.h"

namespace cellar::sim {

/// The lock service is set back to a moment in a range server's start: between its session's opening and its taking of
/// its lock, or between that and the writing of its incarnation. Then it renews the session of a server that it knows
/// no lock of, and to which others may be preferred: such a server must find out with its next renewal, and leave.
/// While this is under way nothing else befalls the cluster; what the server answers meanwhile, the workloads judge.
class Relapse {
 public:
  /// Kills the first range server, so that it starts anew.
  Relapse(SimCluster& cluster, Random& random);

  /// Each new life, before it does anything.
  void Greet(Role role, SimProcess& process);

  /// What is next, if it is due.
  void Step();
  bool is_over() const { return stage_ == Stage::kOver; }
  Nanos due_at() const { return due_at_; }
  const std::string& violation() const { return violation_; }

 private:
  enum class Stage { kBeforeMoment, kBeforeServing, kBeforeService, kBeforeLook, kOver };

  void GoOn(Stage stage, Nanos delay);
  void Look();

  SimCluster& cluster_;
  const bool is_before_lock_;
  const std::string label_;
  const Nanos serving_time_;
  const Nanos give_up_at_;
  Stage stage_ = Stage::kBeforeMoment;
  Nanos due_at_;
  uint64_t server_life_ = 0;
  uint64_t lock_service_life_ = 0;
  std::string violation_;
};

}  // namespace cellar::sim
