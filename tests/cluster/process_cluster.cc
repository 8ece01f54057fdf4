#include "tests/cluster/process_cluster.h"

#include <signal.h>

#include <filesystem>
#include <fstream>

#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "server/endpoints.h"
#include "server/http_test_client.h"

namespace cellar::tests {
namespace {

constexpr Nanos kReadyPatience = 60 * kSecond;
constexpr Nanos kStopPatience = 30 * kSecond;
constexpr Nanos kCheckPatience = 120 * kSecond;
constexpr Nanos kSupervisorLook = 10 * kMillisecond;
constexpr Nanos kReadyLook = 20 * kMillisecond;
constexpr int kNodeDistance = 10;

const char* NameOf(NodeRole role) {
  switch (role) {
    case NodeRole::kLockService:
      return "lockservice";
    case NodeRole::kBroker:
      return "fsbroker";
    case NodeRole::kMaster:
      return "master";
    case NodeRole::kRangeServer:
      return "rangeserver";
    case NodeRole::kGateway:
      return "gateway";
  }
  return "?";
}

}  // namespace

std::string NodeName::ToString() const {
  return std::string(NameOf(role)) + "-" + std::to_string(index);
}

Result<std::unique_ptr<ProcessCluster>> ProcessCluster::Start(ProcessClusterOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return common::IoError(options.folder + ": " + error.message());
  std::unique_ptr<ProcessCluster> cluster(new ProcessCluster(std::move(options)));
  RETURN_IF_ERROR(cluster->StartAll());
  return cluster;
}

ProcessCluster::~ProcessCluster() {
  const Status stopped = Stop();
  (void)stopped;  // what does not stop in order is killed with its ChildProcess
}

int64_t ProcessCluster::Offset(const NodeName& name) const {
  return options_.port_offset + name.index * kNodeDistance;
}

int ProcessCluster::ZooKeeperPort(int index) const {
  return static_cast<int>(server::kLockServicePort + Offset(NodeName(NodeRole::kLockService, index)));
}

std::string ProcessCluster::url() const {
  if (options_.zookeepers == 0) return "cellar://127.0.0.1:" + std::to_string(ZooKeeperPort(0));
  std::string url = "zookeeper://";
  for (int i = 0; i < options_.zookeepers; ++i) {
    url += (i == 0 ? "127.0.0.1:" : ",127.0.0.1:") + std::to_string(ZooKeeperPort(i));
  }
  return url + "/cellar";
}

std::string ProcessCluster::LogPath(const NodeName& node) const {
  return options_.folder + "/" + node.ToString() + ".log";
}

uint16_t ProcessCluster::HttpPort(const NodeName& node) const {
  const uint16_t ports[] = {server::kLockServicePort, server::kBrokerPort, server::kMasterPort,
                            server::kRangeServerPort, server::kGatewayPort};
  if (node.role == NodeRole::kLockService && options_.zookeepers > 0) return 0;
  return static_cast<uint16_t>(ports[static_cast<int>(node.role)] + server::kRoleHttpPortDistance + Offset(node));
}

std::string ProcessCluster::password_file() const {
  return options_.folder + "/password";
}

Status ProcessCluster::WritePassword() const {
  std::error_code error;
  if (std::filesystem::exists(password_file(), error)) return common::OkStatus();
  std::ofstream file(password_file());
  std::filesystem::permissions(password_file(), std::filesystem::perms::owner_read, error);
  SeededRandom random(common::SystemSeed());
  file << random.Next() << random.Next() << "\n";
  return file.flush() ? common::OkStatus() : common::IoError(password_file());
}

std::vector<std::string> ProcessCluster::LockServiceCommand(int index) const {
  const std::string folder = options_.folder + "/" + NodeName(NodeRole::kLockService, index).ToString();
  if (options_.zookeepers == 0) {
    return {options_.executable,
            "lockservice",
            "run",
            "--data-dir",
            folder,
            "--port-offset",
            std::to_string(Offset(NodeName(NodeRole::kLockService, index)))};
  }
  std::string ports;
  for (int i = 0; i < options_.zookeepers; ++i) ports += (i == 0 ? "" : ",") + std::to_string(ZooKeeperPort(i));
  return {"python3", options_.zookeeper_script, "serve", options_.folder + "/zookeeper", ports, std::to_string(index)};
}

std::vector<std::string> ProcessCluster::Command(const NodeName& name) const {
  if (name.role == NodeRole::kLockService) return LockServiceCommand(name.index);
  std::vector<std::string> command = {options_.executable, NameOf(name.role), "run", "--port-offset",
                                      std::to_string(Offset(name))};
  const auto set = [&command](const std::string& setting) {
    command.push_back("--set");
    command.push_back(setting);
  };
  if (name.role == NodeRole::kBroker) {
    command.insert(command.end(), {"--data-dir", options_.folder + "/data"});
    return command;
  }
  set("lockservice.url=" + url());
  set("lockservice.password_file=" + password_file());
  if (name.role == NodeRole::kGateway) return command;
  const std::string broker = "broker://127.0.0.1:" + std::to_string(server::kBrokerPort + options_.port_offset);
  set("files.data_url=" + broker);
  set("files.log_url=" + broker);
  set(std::string(NameOf(name.role)) + ".lease_ms=" + std::to_string(options_.lease / kMillisecond));
  if (name.role == NodeRole::kRangeServer) {
    for (const std::string& setting : options_.settings) set(setting);
  }
  return command;
}

Status ProcessCluster::Launch(const NodeName& name) {
  ASSIGN_OR_RETURN(std::unique_ptr<ChildProcess> process, ChildProcess::Start(Command(name), LogPath(name)));
  Node& node = nodes_[name];
  node.process = std::move(process);
  ++node.lives;
  return common::OkStatus();
}

Status ProcessCluster::AwaitReady(const NodeName& name) {
  const common::SystemClock clock;
  const Nanos end = clock.MonotonicNow() + kReadyPatience;
  common::Parker parker;
  const uint16_t http = HttpPort(name);
  while (clock.MonotonicNow() < end) {
    bool ready = false;
    if (http == 0) {
      const server::HttpTestClient client(static_cast<uint16_t>(ZooKeeperPort(name.index)));
      ready = client.connected() && client.Send("srvr") && client.ReceiveAll().find("Mode: ") != std::string::npos;
    } else {
      ready = server::HttpTestClient::Get(http, "/healthz").find(" 200 ") != std::string::npos;
    }
    if (ready) return common::OkStatus();
    parker.ParkFor(kReadyLook);
  }
  return common::TimedOut(name.ToString() + " is not ready; see " + LogPath(name));
}

Status ProcessCluster::StartAll() {
  std::vector<std::vector<NodeName>> stages(5);
  for (int i = 0; i < std::max(1, options_.zookeepers); ++i) stages[0].emplace_back(NodeRole::kLockService, i);
  stages[1].emplace_back(NodeRole::kBroker, 0);
  for (int i = 0; i < options_.masters; ++i) stages[2].emplace_back(NodeRole::kMaster, i);
  for (int i = 0; i < options_.range_servers; ++i) stages[3].emplace_back(NodeRole::kRangeServer, i);
  for (int i = 0; i < options_.gateways; ++i) stages[4].emplace_back(NodeRole::kGateway, i);
  RETURN_IF_ERROR(WritePassword());
  {
    MutexLock lock(mutex_);
    stopping_ = false;
    stopped_ = false;
  }
  supervisor_ = std::make_unique<common::Thread>("supervisor", [this] { Supervise(); });
  for (const std::vector<NodeName>& stage : stages) {
    for (const NodeName& name : stage) {
      MutexLock lock(mutex_);
      RETURN_IF_ERROR(Launch(name));
    }
    for (const NodeName& name : stage) RETURN_IF_ERROR(AwaitReady(name));
  }
  return common::OkStatus();
}

Status ProcessCluster::AwaitReady() {
  for (const NodeName& name : nodes()) RETURN_IF_ERROR(AwaitReady(name));
  return common::OkStatus();
}

void ProcessCluster::Supervise() {
  common::Parker parker;
  while (true) {
    parker.ParkFor(kSupervisorLook);
    MutexLock lock(mutex_);
    if (stopped_) return;
    if (stopping_) continue;
    for (auto& [name, node] : nodes_) {
      if (!node.process || !node.process->Ended() || !node.kept) continue;
      const Status launched = Launch(name);
      (void)launched;  // tried again with the next look
    }
  }
}

std::vector<NodeName> ProcessCluster::nodes() const {
  MutexLock lock(mutex_);
  std::vector<NodeName> names;
  for (const auto& [name, node] : nodes_) names.push_back(name);
  return names;
}

void ProcessCluster::Signal(const NodeName& name, int number) {
  MutexLock lock(mutex_);
  nodes_.at(name).process->Signal(number);
}

void ProcessCluster::GiveUp(const NodeName& name) {
  MutexLock lock(mutex_);
  nodes_.at(name).kept = false;
}

void ProcessCluster::Keep(const NodeName& name) {
  MutexLock lock(mutex_);
  nodes_.at(name).kept = true;
}

int ProcessCluster::Lives(const NodeName& name) const {
  MutexLock lock(mutex_);
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? 0 : found->second.lives;
}

pid_t ProcessCluster::Pid(const NodeName& name) const {
  MutexLock lock(mutex_);
  return nodes_.at(name).process->pid();
}

Status ProcessCluster::Add(const NodeName& name) {
  MutexLock lock(mutex_);
  return Launch(name);
}

std::string ProcessCluster::StatusOf(const NodeName& node) const {
  return server::HttpTestClient::Get(HttpPort(node), "/status");
}

int ProcessCluster::ActiveMaster() const {
  for (int i = 0; i < options_.masters; ++i) {
    const std::string status = StatusOf(NodeName(NodeRole::kMaster, i));
    if (status.find("\"term\"") != std::string::npos) return i;
  }
  return -1;
}

Status ProcessCluster::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  Status result = common::OkStatus();
  {
    MutexLock lock(mutex_);
    for (const NodeRole role :
         {NodeRole::kGateway, NodeRole::kRangeServer, NodeRole::kMaster, NodeRole::kBroker, NodeRole::kLockService}) {
      for (auto& [name, node] : nodes_) {
        if (name.role != role || !node.process) continue;
        node.process->Signal(SIGCONT);
        node.process->Signal(SIGTERM);
        if (!node.process->AwaitEnd(kStopPatience) && result.ok()) {
          result = common::TimedOut(name.ToString() + " did not stop; see " + LogPath(name));
        }
        node.process.reset();
      }
    }
    stopped_ = true;
  }
  // Last: what it has started again does not outlive its thread.
  supervisor_.reset();
  return result;
}

Status ProcessCluster::Restart() {
  RETURN_IF_ERROR(Stop());
  return StartAll();
}

Status ProcessCluster::Check() {
  return RunProgram({options_.executable, "check", "--url", url(), "--password-file", password_file()}, kCheckPatience)
      .status();
}

}  // namespace cellar::tests
