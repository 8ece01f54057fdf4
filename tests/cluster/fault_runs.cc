// Faults on a cluster of processes, many times over, with the time until full service is back. Not part of ./dev test.
//
//   fault_runs repair CELLAR ZOOKEEPER_SCRIPT RUNS [PORT_OFFSET [ONLY]]
//                                                                  SIGKILL and SIGTERM of each role in turn, under
//                                                                  load; ONLY: faults with these words in their names
//   fault_runs zombie CELLAR ZOOKEEPER_SCRIPT RUNS [PORT_OFFSET]   a range server stopped past its session, another one
//                                                                  serving, then continued
//
// Ends with 1 when an acknowledged row is lost, an answer was stale, a process outlived its fencing, `cellar check`
// found something, or service did not come back.

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/check.h"
#include "common/concurrency/parker.h"
#include "common/random/random.h"
#include "tests/cluster/prober.h"
#include "tests/cluster/process_cluster.h"
#include "tests/cluster/workload.h"

namespace cellar::tests {
namespace {

constexpr Nanos kPatience = 60 * kSecond;
constexpr Nanos kLook = 20 * kMillisecond;
constexpr Nanos kZombieMayLive = kSecond;

int Fail(const std::string& what) {
  std::fprintf(stderr, "fault_runs: %s\n", what.c_str());
  return 1;
}

struct Arguments {
  ProcessClusterOptions cluster;
  int runs = 20;
  std::string only;  ///< Faults whose names have this in them.
};

/// A cluster under load, watched.
struct World {
  std::unique_ptr<ProcessCluster> cluster;
  std::unique_ptr<Workload> workload;
  std::unique_ptr<Prober> prober;
  common::SystemClock clock;
  SeededRandom random{common::SystemSeed()};

  static Result<std::unique_ptr<World>> Start(ProcessClusterOptions options) {
    auto world = std::make_unique<World>();
    ASSIGN_OR_RETURN(world->cluster, ProcessCluster::Start(std::move(options)));
    ASSIGN_OR_RETURN(world->workload, Workload::Create(*world->cluster, 2));
    ASSIGN_OR_RETURN(world->prober, Prober::Start(*world->cluster));
    world->workload->Start();
    return world;
  }

  void Pause(Nanos at_most) {
    common::Parker parker;
    parker.ParkFor(static_cast<Nanos>(random.Uniform(static_cast<uint64_t>(at_most))));
  }

  /// Everything acknowledged is there, nothing read was wrong, and the check finds nothing.
  Status Finish() {
    workload->Stop();
    RETURN_IF_ERROR(cluster->AwaitReady());
    RETURN_IF_ERROR(workload->Verify());
    if (!prober->wrong().empty()) return common::Corruption(prober->wrong());
    prober.reset();
    RETURN_IF_ERROR(cluster->Check());
    std::printf("%llu rows acknowledged, %llu flushes failed, 0 lost; check: all is well\n",
                static_cast<unsigned long long>(workload->acknowledged()),
                static_cast<unsigned long long>(workload->failures()));
    return common::OkStatus();
  }
};

/// Middle and worst, in seconds.
void Print(const std::string& name, std::vector<Nanos> times) {
  std::sort(times.begin(), times.end());
  const auto seconds = [](Nanos time) { return static_cast<double>(time) / static_cast<double>(kSecond); };
  std::printf("  %-34s p50 %6.2f s  worst %6.2f s  (%zu runs)\n", name.c_str(), seconds(times[times.size() / 2]),
              seconds(times.back()), times.size());
}

struct Fault {
  const char* name;
  int signal_number;
  std::function<NodeName(const ProcessCluster&)> victim;
};

NodeName ActiveMaster(const ProcessCluster& cluster) {
  return NodeName(NodeRole::kMaster, std::max(0, cluster.ActiveMaster()));
}

std::vector<Fault> Faults() {
  const auto always = [](NodeRole role) { return [role](const ProcessCluster&) { return NodeName(role, 0); }; };
  const auto standby = [](const ProcessCluster& cluster) {
    return NodeName(NodeRole::kMaster, 1 - ActiveMaster(cluster).index);
  };
  return {{"range server killed", SIGKILL, always(NodeRole::kRangeServer)},
          {"active master killed", SIGKILL, ActiveMaster},
          {"standby master killed", SIGKILL, standby},
          {"broker killed", SIGKILL, always(NodeRole::kBroker)},
          {"ZooKeeper killed", SIGKILL, always(NodeRole::kLockService)},
          {"range server restarted in order", SIGTERM, always(NodeRole::kRangeServer)},
          {"broker restarted in order", SIGTERM, always(NodeRole::kBroker)},
          {"ZooKeeper restarted in order", SIGTERM, always(NodeRole::kLockService)}};
}

Status RunRepairs(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const auto world, World::Start(arguments.cluster));
  std::map<std::string, std::vector<Nanos>> data;
  std::map<std::string, std::vector<Nanos>> names;
  std::vector<Fault> faults = Faults();
  std::erase_if(faults,
                [&](const Fault& fault) { return std::string(fault.name).find(arguments.only) == std::string::npos; });
  if (faults.empty()) return common::InvalidArgument("no fault's name has '" + arguments.only + "' in it");
  for (int run = 0; run < arguments.runs; ++run) {
    for (const Fault& fault : faults) {
      RETURN_IF_ERROR(world->cluster->AwaitReady());
      world->Pause(kSecond);
      const NodeName victim = fault.victim(*world->cluster);
      const Nanos moment = world->clock.MonotonicNow();
      world->cluster->Signal(victim, fault.signal_number);
      const auto of_data = world->prober->AwaitServiceAfter(Prober::Service::kData, moment, kPatience);
      if (!of_data.ok()) return of_data.status().WithContext(std::string("data after ") + fault.name);
      const auto of_names = world->prober->AwaitServiceAfter(Prober::Service::kNames, moment, kPatience);
      if (!of_names.ok()) return of_names.status().WithContext(std::string("names after ") + fault.name);
      data[fault.name].push_back(*of_data);
      names[fault.name].push_back(*of_names);
    }
    std::fprintf(stderr, "\rround %d of %d", run + 1, arguments.runs);
  }
  std::fprintf(stderr, "\n");
  std::printf("Until a row was written and read back\n");
  for (const Fault& fault : faults) Print(fault.name, data[fault.name]);
  std::printf("Until a namespace was made and dropped\n");
  for (const Fault& fault : faults) Print(fault.name, names[fault.name]);
  return world->Finish();
}

/// Which range server serves, as its status page says, which is a second old at most; -1 when none does for long.
int AwaitServing(const World& world) {
  common::Parker parker;
  const Nanos end = world.clock.MonotonicNow() + kPatience;
  while (world.clock.MonotonicNow() < end) {
    for (const int i : {0, 1}) {
      const std::string status = world.cluster->StatusOf(NodeName(NodeRole::kRangeServer, i));
      if (status.find("\"serving\"") != std::string::npos) return i;
    }
    parker.ParkFor(kLook);
  }
  return -1;
}

/// A reader whose locations are those of before the stop.
class OldReader {
 public:
  static Result<std::unique_ptr<OldReader>> Open(const MiniCluster& cluster) {
    auto reader = std::make_unique<OldReader>();
    ASSIGN_OR_RETURN(reader->client_, client::Client::Connect(cluster.client_options()));
    ASSIGN_OR_RETURN(reader->table_, reader->client_->OpenTable(Prober::kTable));
    RETURN_IF_ERROR(reader->Read().status());
    return reader;
  }

  Result<std::string> Read() {
    model::ScanSpec spec;
    spec.max_versions = 1;
    ASSIGN_OR_RETURN(const auto cells, table_->GetRows(spec, {kRow}));
    return cells.empty() ? std::string() : cells.front().value;
  }
  Status Write(const std::string& value) {
    const auto mutator = table_->NewMutator();
    RETURN_IF_ERROR(mutator->Set(kRow, Prober::kFamily, "", value));
    return mutator->Flush();
  }

 private:
  static constexpr const char* kRow = "zombie";
  std::unique_ptr<client::Client> client_;
  std::shared_ptr<client::Table> table_;
};

/// One stop and its continuation; adds how long the old one lived on.
Status RunZombie(World& world, int run, std::vector<Nanos>* lived, std::vector<Nanos>* outage) {
  RETURN_IF_ERROR(world.cluster->AwaitReady());
  const int serving = AwaitServing(world);
  if (serving < 0) return common::Unavailable("no range server serves");
  const NodeName victim(NodeRole::kRangeServer, serving);
  ASSIGN_OR_RETURN(const auto reader, OldReader::Open(*world.cluster));
  ASSIGN_OR_RETURN(const auto writer, OldReader::Open(*world.cluster));
  const int lives = world.cluster->Lives(victim);
  world.cluster->Signal(victim, SIGSTOP);
  const Nanos stopped = world.clock.MonotonicNow();
  ASSIGN_OR_RETURN(const Nanos away, world.prober->AwaitServiceAfter(Prober::Service::kData, stopped, kPatience));
  outage->push_back(away);
  const std::string value = "value " + std::to_string(run);
  RETURN_IF_ERROR(writer->Write(value));
  world.cluster->Signal(victim, SIGCONT);
  const Nanos continued = world.clock.MonotonicNow();
  Nanos ended = 0;
  while (world.clock.MonotonicNow() < continued + 2 * kZombieMayLive) {
    ASSIGN_OR_RETURN(const std::string found, reader->Read());
    if (found != value) return common::Corruption("stale answer: '" + found + "' in place of '" + value + "'");
    if (ended == 0 && world.cluster->Lives(victim) > lives) ended = world.clock.MonotonicNow();
  }
  if (ended == 0) return common::TimedOut(victim.ToString() + " lived on");
  lived->push_back(ended - continued);
  return common::OkStatus();
}

Status RunZombies(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const auto world, World::Start(arguments.cluster));
  // Once the first one serves every range, a second one that has none: all go from the one to the other and back.
  RETURN_IF_ERROR(world->cluster->Add(NodeName(NodeRole::kRangeServer, 1)));
  RETURN_IF_ERROR(world->cluster->AwaitReady());
  std::vector<Nanos> lived;
  std::vector<Nanos> outage;
  for (int run = 0; run < arguments.runs; ++run) {
    RETURN_IF_ERROR(RunZombie(*world, run, &lived, &outage).WithContext("run " + std::to_string(run + 1)));
    std::fprintf(stderr, "\rrun %d of %d", run + 1, arguments.runs);
  }
  std::fprintf(stderr, "\n");
  Print("stopped: until the other served", outage);
  Print("continued: until the old one ended", lived);
  if (*std::max_element(lived.begin(), lived.end()) > kZombieMayLive) return common::TimedOut("one lived on too long");
  return world->Finish();
}

int Main(const std::vector<std::string>& words) {
  if (words.size() < 4 || (words[0] != "repair" && words[0] != "zombie")) {
    return Fail("fault_runs repair|zombie CELLAR ZOOKEEPER_SCRIPT RUNS [PORT_OFFSET]");
  }
  Arguments arguments;
  std::string folder = (std::filesystem::temp_directory_path() / "cellar-faults-XXXXXX").string();
  CHECK(::mkdtemp(folder.data()) != nullptr);
  arguments.cluster.executable = words[1];
  arguments.cluster.zookeeper_script = words[2];
  arguments.cluster.folder = folder;
  arguments.cluster.port_offset = words.size() > 4 ? std::atoi(words[4].c_str()) : 7500;
  arguments.runs = std::atoi(words[3].c_str());
  if (words.size() > 5) arguments.only = words[5];
  const Status status = words[0] == "repair" ? RunRepairs(arguments) : RunZombies(arguments);
  if (!status.ok()) return Fail(status.ToString() + "; logs and data are in " + folder);
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace cellar::tests

int main(int argc, char** argv) {
  return cellar::tests::Main(std::vector<std::string>(argv + 1, argv + argc));
}
