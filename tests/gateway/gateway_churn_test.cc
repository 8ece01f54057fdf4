#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "common/concurrency/thread.h"
#include "common/random/random.h"
#include "tests/gateway/gateway_world.h"

// Clients that open, use, cancel, close and vanish at random, on several connections and threads at once. Nothing is
// left. GATEWAY_CHURN_ROUNDS: 10000 for a sanitizer.

namespace cellar::tests {
namespace {

constexpr int kThreads = 4;

class Churn {
 public:
  Churn(uint16_t port, uint64_t seed) : port_(port), random_(seed) {}

  void Run(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      if (!connection_ || random_.OneIn(10)) Connect();
      try {
        Act();
      } catch (const api::ClientException&) {
        // An object that was closed before, or whose future was cancelled.
      }
    }
    connection_.reset();
  }

 private:
  void Connect() {
    connection_ = std::make_unique<GatewayConnection>(port_);  // the one before vanishes with what it had open
    ns_ = (*connection_)->open_namespace("churn");
    scanners_.clear();
    async_scanners_.clear();
    mutators_.clear();
    async_mutators_.clear();
    futures_.clear();
  }

  int64_t Pick(const std::vector<int64_t>& ids) { return ids.empty() ? 0 : ids[random_.Uniform(ids.size())]; }
  api::CellAsArray Cell() { return {"r" + std::to_string(random_.Uniform(100)), "a", "", "v"}; }

  void Act() {
    GatewayConnection& c = *connection_;
    switch (random_.Uniform(16)) {
      case 0:
        return scanners_.push_back(c->open_scanner(ns_, "t", api::ScanSpec()));
      case 1:
        return c->next_cells_serialized(packed_, Pick(scanners_));
      case 2:
        return c->close_scanner(Pick(scanners_));
      case 3:
        return mutators_.push_back(c->open_mutator(ns_, "t", 0, random_.OneIn(2) ? 5 : 0));
      case 4:
        return c->mutator_set_cell_as_array(Pick(mutators_), Cell());
      case 5:
        return c->close_mutator(Pick(mutators_));
      case 6:
        return futures_.push_back(c->open_future(100));
      case 7:
        return c->close_future(Pick(futures_));
      case 8:
        return c->cancel_future(Pick(futures_));
      case 9:
        return async_scanners_.push_back(c->open_scanner_async(ns_, "t", Pick(futures_), api::ScanSpec()));
      case 10:
        return c->close_scanner_async(Pick(async_scanners_));
      case 11:
        return c->cancel_scanner_async(Pick(async_scanners_));
      case 12:
        return async_mutators_.push_back(c->open_mutator_async(ns_, "t", Pick(futures_), 0));
      case 13:
        return c->set_cell_as_array_async(Pick(async_mutators_), Cell());
      case 14:
        return c->close_mutator_async(Pick(async_mutators_));
      default:
        return c->get_future_result(result_, Pick(futures_), 20);
    }
  }

  const uint16_t port_;
  SeededRandom random_;
  std::unique_ptr<GatewayConnection> connection_;
  int64_t ns_ = 0;
  std::vector<int64_t> scanners_;
  std::vector<int64_t> async_scanners_;
  std::vector<int64_t> mutators_;
  std::vector<int64_t> async_mutators_;
  std::vector<int64_t> futures_;
  std::string packed_;
  api::Result result_;
};

TEST(GatewayChurnTest, NothingIsLeft) {
  const char* given = std::getenv("GATEWAY_CHURN_ROUNDS");
  const int rounds = given == nullptr ? 400 : std::atoi(given);
  GatewayWorld world;
  {
    GatewayConnection connection(world.port());
    connection->create_namespace("churn");
    const int64_t ns = connection->open_namespace("churn");
    connection->table_create(ns, "t", SchemaOfFamily("a"));
    for (int i = 0; i < 100; ++i) connection->set_cell_as_array(ns, "t", {"r" + std::to_string(i), "a", "", "v"});
  }
  std::vector<std::unique_ptr<common::Thread>> threads;
  for (uint64_t seed = 1; seed <= kThreads; ++seed) {
    threads.push_back(std::make_unique<common::Thread>(
        "churn", [&world, seed, rounds] { Churn(world.port(), seed).Run(rounds / kThreads); }));
  }
  for (const auto& thread : threads) thread->Join();
  EXPECT_TRUE(Eventually([&] { return world.gateway().counts().objects == 0; })) << world.gateway().StatusJson();
  EXPECT_TRUE(Eventually([&] { return world.gateway().counts().clients == 0; })) << world.gateway().StatusJson();
}

}  // namespace
}  // namespace cellar::tests
