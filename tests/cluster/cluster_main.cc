// A cluster on this machine, a process a role, for trying things out: what `./dev cluster` runs.
//
//   cellar_cluster run FOLDER CELLAR ZOOKEEPER_SCRIPT PORT_OFFSET ZOOKEEPERS MASTERS RANGE_SERVERS
//                                     starts it, prints one line when it is ready, supervises it until SIGTERM or
//                                     SIGINT
//   cellar_cluster status FOLDER      a line for each process: name, pid, state, status page

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "server/http_test_client.h"
#include "server/stop_signals.h"
#include "tests/cluster/process_cluster.h"

namespace cellar::tests {
namespace {

constexpr int kFailed = 1;

int Fail(const Status& status) {
  std::fprintf(stderr, "cellar_cluster: %s\n", status.ToString().c_str());
  return kFailed;
}

std::string NodesFile(const std::string& folder) {
  return folder + "/nodes";
}

/// For `status`, which is another process: name and port of the status page of each node.
Status WriteNodes(const ProcessCluster& cluster, const std::string& folder) {
  std::ofstream file(NodesFile(folder));
  file << cluster.url() << "\n";
  for (const NodeName& node : cluster.nodes()) file << node.ToString() << " " << cluster.HttpPort(node) << "\n";
  return file.flush() ? common::OkStatus() : common::IoError(NodesFile(folder));
}

int Run(ProcessClusterOptions options) {
  server::StopSignals signals;
  const std::string folder = options.folder;
  auto cluster = ProcessCluster::Start(std::move(options));
  if (!cluster.ok()) return Fail(cluster.status());
  const Status written = WriteNodes(**cluster, folder);
  if (!written.ok()) return Fail(written);
  std::printf("cluster ready: %s\n", (*cluster)->url().c_str());
  std::fflush(stdout);
  signals.Wait();
  const Status stopped = (*cluster)->Stop();
  return stopped.ok() ? 0 : Fail(stopped);
}

/// The value of `"name": value` in a status page.
std::string Field(const std::string& page, const std::string& name) {
  const size_t at = page.find("\"" + name + "\": ");
  if (at == std::string::npos) return "";
  const size_t begin = at + name.size() + 4;
  const size_t end = page.find_first_of(",}\n", begin);
  return page.substr(begin, end - begin);
}

int ShowStatus(const std::string& folder) {
  std::ifstream file(NodesFile(folder));
  std::string url;
  if (!std::getline(file, url)) return Fail(common::NotFound("no cluster was started in " + folder));
  std::printf("%s\n", url.c_str());
  std::string name;
  uint16_t port = 0;
  int silent = 0;
  while (file >> name >> port) {
    if (port == 0) {
      std::printf("%-14s a ZooKeeper: see %s/%s.log\n", name.c_str(), folder.c_str(), name.c_str());
      continue;
    }
    const std::string page = server::HttpTestClient::Get(port, "/status");
    const std::string state = Field(page, "health");
    if (page.empty()) ++silent;
    const bool standby = page.find("\"standby\"") != std::string::npos;
    std::printf("%-14s pid %-8s %-10s http://127.0.0.1:%u/status\n", name.c_str(), Field(page, "pid").c_str(),
                page.empty()    ? "silent"
                : standby       ? "standby"
                : state.empty() ? "up"
                                : state.c_str(),
                port);
  }
  return silent == 0 ? 0 : kFailed;
}

int Main(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "status") return ShowStatus(words[1]);
  constexpr size_t kRunWords = 8;
  if (words.size() != kRunWords || words[0] != "run") {
    return Fail(common::InvalidArgument("see the head of tests/cluster/cluster_main.cc"));
  }
  ProcessClusterOptions options;
  options.folder = words[1];
  options.executable = words[2];
  options.zookeeper_script = words[3];
  options.port_offset = std::atoll(words[4].c_str());
  options.zookeepers = std::atoi(words[5].c_str());
  options.masters = std::atoi(words[6].c_str());
  options.range_servers = std::atoi(words[7].c_str());
  options.gateways = 1;
  options.lease = 10 * kSecond;
  return Run(std::move(options));
}

}  // namespace
}  // namespace cellar::tests

int main(int argc, char** argv) {
  return cellar::tests::Main(std::vector<std::string>(argv + 1, argv + argc));
}
