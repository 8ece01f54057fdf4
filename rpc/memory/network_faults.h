#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/time/clock.h"

namespace cellar::rpc {

/// What the network does to frames from one node to another. All zero: a good network.
struct LinkFaults {
  Nanos min_delay = 50 * kMicrosecond;
  Nanos max_delay = 500 * kMicrosecond;
  uint32_t lose_one_in = 0;       ///< Frames that vanish: one in so many; 0 none.
  uint32_t duplicate_one_in = 0;  ///< Frames that arrive twice, the second later.
  uint32_t cut_one_in = 0;        ///< Frames at which the connection breaks instead.
};

/// The weather of a simulated network, by pair of nodes and direction. Changed by the harness at any time; holds for
/// frames sent from then on.
class NetworkFaults {
 public:
  /// For pairs that are not set apart.
  LinkFaults& everywhere() { return everywhere_; }

  void Set(const std::string& from, const std::string& to, const LinkFaults& faults) { pairs_[{from, to}] = faults; }
  void Clear(const std::string& from, const std::string& to) { pairs_.erase({from, to}); }

  /// Nothing arrives in this direction, without any sign of it, until healed. Call twice for both directions.
  void Block(const std::string& from, const std::string& to) { blocked_.emplace(from, to); }
  void Unblock(const std::string& from, const std::string& to) { blocked_.erase({from, to}); }

  /// Heals all blocks and forgets all pairs.
  void Heal() {
    blocked_.clear();
    pairs_.clear();
  }

  const LinkFaults& Of(const std::string& from, const std::string& to) const {
    const auto found = pairs_.find({from, to});
    return found == pairs_.end() ? everywhere_ : found->second;
  }
  bool IsBlocked(const std::string& from, const std::string& to) const { return blocked_.count({from, to}) > 0; }

 private:
  LinkFaults everywhere_;
  std::map<std::pair<std::string, std::string>, LinkFaults> pairs_;
  std::set<std::pair<std::string, std::string>> blocked_;
};

}  // namespace cellar::rpc
