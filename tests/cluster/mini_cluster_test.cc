#include "tests/cluster/mini_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "common/concurrency/parker.h"
#include "model/error_codes.h"
#include "server/endpoints.h"
#include "tests/cluster/in_process_cluster.h"
#include "tests/cluster/process_cluster.h"
#include "tests/cluster/workload.h"
#include "tests/support/temporary_folder.h"

namespace cellar::tests {
namespace {

using testing::HasSubstr;

constexpr Nanos kPatience = 60 * kSecond;
constexpr Nanos kLongLease = 300 * kSecond;
constexpr Nanos kLook = 5 * kMillisecond;
constexpr Nanos kRefusalPatience = 30 * kSecond;
constexpr uint64_t kRows = 400;
constexpr int64_t kPortOffset = 7000;

testing::AssertionResult Ok(const Status& status) {
  if (status.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << status.ToString();
}

/// A folder of its own, gone with the test.
class MiniClusterTest : public testing::Test {
 protected:
  static std::string Executable() { return std::getenv("MINI_CLUSTER_EXECUTABLE"); }

  ProcessClusterOptions Options() const {
    ProcessClusterOptions options;
    options.executable = Executable();
    options.zookeeper_script = std::getenv("MINI_CLUSTER_ZOOKEEPER");
    options.folder = folder_.path();
    options.port_offset = kPortOffset;
    return options;
  }

  /// Until so many more rows were acknowledged.
  static testing::AssertionResult Advances(const Workload& workload, uint64_t rows = kRows) {
    const common::SystemClock clock;
    const Nanos end = clock.MonotonicNow() + kPatience;
    const uint64_t goal = workload.acknowledged() + rows;
    common::Parker parker;
    while (workload.acknowledged() < goal) {
      if (clock.MonotonicNow() > end) {
        return testing::AssertionFailure() << "stands still; first failure: " << workload.first_failure().ToString();
      }
      parker.ParkFor(kLook);
    }
    return testing::AssertionSuccess();
  }

  const TemporaryFolder folder_{"cluster"};
};

/// What every body has to stand: a workload, an orderly restart of everything, and the check.
void RunThroughARestart(MiniCluster& cluster, testing::AssertionResult (*advances)(const Workload&, uint64_t)) {
  auto workload = Workload::Create(cluster, 2);
  ASSERT_TRUE(workload.ok()) << workload.status().ToString();
  (*workload)->Start();
  ASSERT_TRUE(advances(**workload, kRows));
  (*workload)->Stop();
  EXPECT_EQ((*workload)->failures(), 0u) << (*workload)->first_failure().ToString();
  ASSERT_TRUE(Ok(cluster.Restart()));
  EXPECT_TRUE(Ok((*workload)->Verify()));
  EXPECT_TRUE(Ok(cluster.Check()));
}

TEST_F(MiniClusterTest, InProcess_KeepsEverythingThroughARestart) {
  auto cluster = InProcessCluster::Start(Executable(), folder_.path());
  ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
  RunThroughARestart(**cluster, Advances);
}

TEST_F(MiniClusterTest, Processes_KeepEverythingThroughARestart) {
  auto cluster = ProcessCluster::Start(Options());
  ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
  RunThroughARestart(**cluster, Advances);
}

/// Each is found dead by its guard: a lease would take longer than the test waits.
TEST_F(MiniClusterTest, Processes_KillOfEachRoleUnderLoad_LosesNothing) {
  ProcessClusterOptions options = Options();
  options.lease = kLongLease;
  auto cluster = ProcessCluster::Start(options);
  ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
  auto workload = Workload::Create(**cluster, 2);
  ASSERT_TRUE(workload.ok()) << workload.status().ToString();
  (*workload)->Start();
  ASSERT_TRUE(Advances(**workload));
  const NodeName active(NodeRole::kMaster, (*cluster)->ActiveMaster());
  for (const NodeName& node : {NodeName(NodeRole::kRangeServer, 0), active, NodeName(NodeRole::kBroker, 0),
                               NodeName(NodeRole::kLockService, 0)}) {
    SCOPED_TRACE(node.ToString());
    (*cluster)->Signal(node, SIGKILL);
    ASSERT_TRUE(Advances(**workload));
  }
  (*workload)->Stop();
  EXPECT_EQ((*workload)->failures(), 0u) << (*workload)->first_failure().ToString();
  ASSERT_TRUE(Ok((*cluster)->AwaitReady()));
  EXPECT_TRUE(Ok((*workload)->Verify()));
  EXPECT_TRUE(Ok((*cluster)->Check()));
}

TEST_F(MiniClusterTest, Processes_KilledWithinALongLease_AreKnownToBeDeadByTheirGuards) {
  ProcessClusterOptions options = Options();
  options.zookeepers = 0;
  options.lease = 10 * kPatience;  // nobody waits for that
  auto cluster = ProcessCluster::Start(options);
  ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
  auto workload = Workload::Create(**cluster, 2);
  ASSERT_TRUE(workload.ok()) << workload.status().ToString();
  (*workload)->Start();
  ASSERT_TRUE(Advances(**workload));
  (*cluster)->Signal(NodeName(NodeRole::kMaster, (*cluster)->ActiveMaster()), SIGKILL);
  (*cluster)->Signal(NodeName(NodeRole::kRangeServer, 0), SIGKILL);
  EXPECT_TRUE(Advances(**workload)) << "a standby has become the master, and has seen the range server's lock free";
  (*workload)->Stop();
  EXPECT_TRUE(Ok((*cluster)->AwaitReady()));
  EXPECT_TRUE(Ok((*workload)->Verify()));
}

/// Writes one cell; every answer but a refusal because of READONLY is final.
Status WriteOne(client::Table& table, const std::string& row) {
  client::RowMutation mutation(row);
  mutation.Set("a", "", "v");
  return table.Mutate(mutation).status();
}

TEST_F(MiniClusterTest, Processes_ReadOnly_OutlivesTheMaster_AndHoldsOnServersThatComeLater) {
  ProcessClusterOptions options = Options();
  options.zookeepers = 0;
  auto cluster = ProcessCluster::Start(options);
  ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
  auto client = client::Client::Connect((*cluster)->client_options());
  ASSERT_TRUE(client.ok()) << client.status().ToString();
  model::SchemaDefinition definition;
  definition.families.emplace_back().name = "a";
  ASSERT_TRUE(Ok((*client)->CreateTable("/t", definition)));
  auto table = (*client)->OpenTable("/t");
  ASSERT_TRUE(table.ok()) << table.status().ToString();
  EXPECT_TRUE(Ok(WriteOne(**table, "before")));
  ASSERT_TRUE(Ok((*client)->SetReadOnly(true)));
  EXPECT_EQ(WriteOne(**table, "while").detail(), model::kReadOnly);
  (*cluster)->Signal(NodeName(NodeRole::kMaster, (*cluster)->ActiveMaster()), SIGKILL);
  (*cluster)->Signal(NodeName(NodeRole::kRangeServer, 0), SIGKILL);
  ASSERT_TRUE(Ok((*cluster)->AwaitReady()));
  EXPECT_EQ(WriteOne(**table, "while").detail(), model::kReadOnly) << "by another master, on another range server";
  EXPECT_EQ((*cluster)->Lives(NodeName(NodeRole::kRangeServer, 0)), 2);
  const auto health = (*client)->Health();
  ASSERT_TRUE(health.ok()) << health.status().ToString();
  EXPECT_THAT(health->problems, testing::Contains(std::string(client::kReadOnlyProblem)));
  EXPECT_TRUE(Ok((*client)->CreateTable("/made_meanwhile", definition))) << "system tables are written";
  ASSERT_TRUE(Ok((*client)->SetReadOnly(false)));
  EXPECT_TRUE(Ok(WriteOne(**table, "after")));
  const auto cells = (*table)->ScanAll(model::ScanSpec());
  ASSERT_TRUE(cells.ok()) << cells.status().ToString();
  EXPECT_EQ(cells->size(), 2u);
}

/// What a start of a role says that must be refused soon; of "NAME=VALUE" the last one of a name counts.
std::string Refusal(const ProcessCluster& cluster, const std::string& role, const std::vector<std::string>& settings) {
  const std::string broker = "broker://127.0.0.1:" + std::to_string(server::kBrokerPort + kPortOffset);
  std::vector<std::string> command = {std::getenv("MINI_CLUSTER_EXECUTABLE"), role, "run"};
  std::vector<std::string> all = {"server.http.port=0",
                                  role + ".port=0",
                                  "lockservice.url=" + cluster.url(),
                                  "lockservice.password_file=" + cluster.password_file(),
                                  "files.data_url=" + broker,
                                  "files.log_url=" + broker};
  all.insert(all.end(), settings.begin(), settings.end());
  for (const std::string& setting : all) command.insert(command.end(), {"--set", setting});
  const auto ran = RunProgram(command, kRefusalPatience);
  return ran.ok() ? "it ran: " + *ran : ran.status().ToString();
}

TEST_F(MiniClusterTest, Processes_ThatDoNotBelong_AreRefusedByName) {
  auto cluster = ProcessCluster::Start(Options());
  ASSERT_TRUE(cluster.ok()) << cluster.status().ToString();
  const std::string other_port = std::to_string(server::kBrokerPort + kPortOffset + 500);
  const std::string other = "broker://127.0.0.1:" + other_port;
  auto broker = ChildProcess::Start({Executable(), "fsbroker", "run", "--data-dir", folder_.path() + "/other", "--set",
                                     "server.http.port=0", "--set", "fsbroker.port=" + other_port},
                                    folder_.path() + "/other.log");
  ASSERT_TRUE(broker.ok()) << broker.status().ToString();
  ASSERT_TRUE((*broker)->ReadLine(kPatience).ok());
  const std::vector<std::string> other_files = {"files.data_url=" + other, "files.log_url=" + other};
  EXPECT_THAT(Refusal(**cluster, "master", other_files), HasSubstr("two clusters on one lock service path"));
  EXPECT_THAT(Refusal(**cluster, "rangeserver", other_files), HasSubstr("and the files are of cluster"));
  EXPECT_THAT(Refusal(**cluster, "master", {"files.log_url=" + other}), HasSubstr("log_url " + other + " cluster"));
  EXPECT_THAT(Refusal(**cluster, "master", {"files.data_url=local:", "files.log_url=local:"}),
              HasSubstr("broker://host:port"));
  EXPECT_THAT(Refusal(**cluster, "rangeserver", {"files.data_url=broker://127.0.0.1:1"}), HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(Refusal(**cluster, "rangeserver", {"lockservice.url=zookeeper://127.0.0.1:1/cellar"}),
              HasSubstr("no ZooKeeper: 127.0.0.1:1"));
  EXPECT_THAT(Refusal(**cluster, "rangeserver", {"lockservice.password_file="}), HasSubstr("password"));
  EXPECT_THAT(Refusal(**cluster, "rangeserver", {"rangeserver.lease_ms=1s"}), HasSubstr("lease_ms must be longer"));
  EXPECT_TRUE(Ok((*cluster)->Check()));
}

}  // namespace
}  // namespace cellar::tests
