#pragma once

#include <string>

#include "tests/sim/sim_cluster.h"

namespace cellar::sim {

/// A range server stands still past its session while another takes its place, then goes on: it must find out within a
/// second that it was given up, and leave. Or it goes on cut off from the lock service, and cannot find out so. While
/// this is under way nothing else befalls the cluster; what the old one answers meanwhile, the workloads judge.
class Succession {
 public:
  /// Freezes one of the two range servers. In place of the first another is called, unless it is there, which may claim
  /// to be the same one.
  Succession(SimCluster& cluster, Random& random, Role old);

  /// What is next, if it is due.
  void Step();
  bool is_over() const { return is_over_; }
  Nanos due_at() const { return due_at_; }
  const std::string& violation() const { return violation_; }

 private:
  /// Its session has ended for certain: one lock service lived all the time.
  bool IsGivenUp();
  void End(bool is_there);
  void CutOff();
  void Reconnect();

  SimCluster& cluster_;
  const Role old_;
  const uint64_t old_life_;
  const uint64_t lock_service_life_;
  const bool is_cut_off_;
  Nanos due_at_;
  bool is_thawed_ = false;
  bool is_over_ = false;
  std::string violation_;
};

}  // namespace cellar::sim
