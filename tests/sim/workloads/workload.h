#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/sleep.h"
#include "tests/sim/sim_client.h"
#include "tests/sim/sim_cluster.h"

namespace cellar::sim {

inline Status StatusOf(const Status& status) {
  return status;
}
template <typename T>
Status StatusOf(const Result<T>& result) {
  return result.status();
}

/// Runs `attempt`, again and again with pauses, until its outcome is not one that passes by itself. Gives a Status or
/// Result. Each try is a new request.
template <typename Outcome, typename Attempt>
Task<Outcome> Insist(SimExecutor* node, bool (*passes)(const Status&), Attempt attempt) {
  constexpr int kMostTries = 500;
  for (int tries = 1;; ++tries) {
    Outcome outcome = co_await attempt();
    const Status status = StatusOf(outcome);
    if (status.ok() || !passes(status) || tries == kMostTries) co_return std::move(outcome);
    co_await common::SleepFor(*node, kSecond);
  }
}

/// Clients who do one kind of thing while the world falls apart around them, and who know what may be seen of it.
/// Several actors run at once, on any of the clients. Driving thread; the actors on the clients' loops.
class Workload {
 public:
  Workload(SimCluster& cluster, std::vector<SimClient*> clients, uint64_t seed)
      : cluster_(cluster), clients_(std::move(clients)), random_(seed) {}
  virtual ~Workload() = default;

  virtual const char* name() const = 0;

  /// Begins: makes its tables and spawns its actors.
  void Start() { SpawnActor(*clients_.front(), Begin()); }
  /// After the faults have ended and everybody is done: a last look at everything.
  void StartVerification() { SpawnActor(*clients_.front(), Verify()); }

  bool idle() const { return running_ == 0; }
  uint64_t operation_count() const { return operations_; }
  /// What was seen that must not be; empty: nothing.
  const std::string& violation() const { return violation_; }

 protected:
  static constexpr Nanos kLongPatience = 500 * kSecond;  ///< Longer than any fault lasts.

  virtual Task<void> Begin() = 0;
  virtual Task<void> Verify() = 0;

  void SpawnActor(SimClient& client, Task<void> actor) {
    ++running_;
    client.Spawn(Run(std::move(actor)));
  }
  void Violate(const std::string& what) {
    if (violation_.empty()) violation_ = std::string(name()) + ": " + what;
  }
  void CountOperation() { ++operations_; }

  /// A refusal that the state of the machine explains, and that leaves nothing behind: worth another try later.
  static bool Passes(const Status& refusal) {
    return refusal.Is(StatusCode::kNoSpace) || refusal.Is(StatusCode::kIoError) ||
           refusal.Is(StatusCode::kCorruption) || refusal.Is(StatusCode::kUnavailable) ||
           refusal.Is(StatusCode::kBusy) || refusal.Is(StatusCode::kNotOwner);
  }

  /// Makes the table and opens it; notes a violation when that cannot be done with all the patience there is.
  Task<bool> MakeTable(SimClient* client, std::string path, model::SchemaDefinition definition, SimTable* table);

  /// One of a few: too short for most faults, and long enough for some.
  Nanos DrawPatience() {
    constexpr Nanos kChoices[] = {kSecond, 4 * kSecond, 15 * kSecond, 60 * kSecond};
    return kChoices[random_.Uniform(4)];
  }
  Nanos DrawPause() { return random_.OneIn(3) ? 0 : static_cast<Nanos>(random_.Uniform(300)) * kMillisecond; }

  SimCluster& cluster_;
  const std::vector<SimClient*> clients_;
  SeededRandom random_;

 private:
  Task<void> Run(Task<void> actor) {
    co_await std::move(actor);
    --running_;
  }

  int running_ = 0;
  uint64_t operations_ = 0;
  std::string violation_;
};

/// A family in an access group of its own.
void AddFamily(model::SchemaDefinition* definition, const std::string& name, const std::string& compressor,
               bool counter = false);

}  // namespace cellar::sim
