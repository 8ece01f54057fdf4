#include <gtest/gtest.h>

#include <cstdlib>

#include "common/time/system_clock.h"
#include "tests/cluster/in_process_cluster.h"
#include "tests/differential/client_path.h"
#include "tests/differential/differential_run.h"
#include "tests/differential/gateway_path.h"
#include "tests/support/temporary_folder.h"

namespace cellar::tests {
namespace {

TEST(DifferentialTest, WhatAnyoneReadsByAnyPath_IsWhatTheEvaluatorSays) {
  const TemporaryFolder folder("differential");
  auto cluster = InProcessCluster::Start(std::getenv("MINI_CLUSTER_EXECUTABLE"), folder.path());
  ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
  {
    const common::SystemClock clock;
    const auto client = client::Client::Connect((*cluster)->client_options()).value();
    const auto other = client::Client::Connect((*cluster)->client_options()).value();
    ClientPath by_client(*client);
    GatewayPath by_gateway((*cluster)->gateway_port());
    const auto restart = [&]() -> Status {
      RETURN_IF_ERROR((*cluster)->Restart());
      by_gateway.Connect((*cluster)->gateway_port());
      return common::OkStatus();
    };
    DifferentialOptions options;
    options.seed = 1;
    options.spec_count = 900;
    options.mutations_per_world = 100;
    options.worlds_per_restart = 6;
    DifferentialRun run(DifferentialSeams{*other, {&by_client, &by_gateway}, restart, clock}, options);
    const Status status = run.Run([](const DifferentialCounts&) {});
    ASSERT_TRUE(status.ok()) << status.ToString();
    EXPECT_GT(run.counts().cells, 1000u);
    EXPECT_GT(run.counts().compactions, 10u);
    EXPECT_GT(run.counts().alters, 1u);
    EXPECT_GT(run.counts().by_index, 50u);
    EXPECT_GT(run.counts().index_alters, 3u);
    EXPECT_GT(run.counts().restarts, 0u);
  }
  const Status checked = (*cluster)->Check();
  EXPECT_TRUE(checked.ok()) << checked.ToString();
}

}  // namespace
}  // namespace cellar::tests
