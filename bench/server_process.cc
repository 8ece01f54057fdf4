#include "bench/server_process.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "server/endpoints.h"

namespace cellar::bench {
namespace {

constexpr Nanos kStartPatience = 30 * kSecond;

}  // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::Start(const ServerOptions& options) {
  std::unique_ptr<ServerProcess> server(new ServerProcess(options));
  RETURN_IF_ERROR(options.zookeeper_script.empty() ? server->StartAlone() : server->StartCluster());
  return server;
}

Status ServerProcess::StartCluster() {
  tests::ProcessClusterOptions options;
  options.executable = options_.program;
  options.zookeeper_script = options_.zookeeper_script;
  options.folder = options_.directory;
  options.port_offset = options_.port_offset;
  options.lease = 10 * kSecond;
  options.settings = {"rangeserver.block_cache_bytes=" + std::to_string(options_.block_cache_bytes)};
  ASSIGN_OR_RETURN(cluster_, tests::ProcessCluster::Start(std::move(options)));
  return common::OkStatus();
}

std::vector<pid_t> ServerProcess::pids() const {
  if (!cluster_) return {alone_->pid()};
  std::vector<pid_t> pids;
  for (const tests::NodeName& node : cluster_->nodes()) {
    if (node.role != tests::NodeRole::kLockService) pids.push_back(cluster_->Pid(node));
  }
  return pids;
}

std::string ServerProcess::password_file() const {
  return cluster_ ? cluster_->password_file() : std::string();
}

Status ServerProcess::StartAlone() {
  const std::vector<std::string> command = {
      options_.program, "start",
      "--data-dir",     options_.directory,
      "--port-offset",  std::to_string(options_.port_offset),
      "--set",          "rangeserver.block_cache_bytes=" + std::to_string(options_.block_cache_bytes)};
  ASSIGN_OR_RETURN(alone_, tests::ChildProcess::Start(command, options_.directory + ".log"));
  return alone_->ReadLine(kStartPatience).status().WithContext("cellar start: see " + options_.directory + ".log");
}

ServerProcess::~ServerProcess() {
  cluster_.reset();
  alone_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(options_.directory, ignored);
}

std::string ServerProcess::url() const {
  if (cluster_) return cluster_->url();
  return "cellar://127.0.0.1:" + std::to_string(server::kLockServicePort + options_.port_offset);
}

uint64_t ServerProcess::ResidentBytes() const {
  uint64_t pages = 0;
  for (const pid_t pid : pids()) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    uint64_t total_pages = 0;
    uint64_t resident_pages = 0;
    file >> total_pages >> resident_pages;
    pages += resident_pages;
  }
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

uint64_t ServerProcess::NewestCellStoreBytes() const {
  namespace fs = std::filesystem;
  uint64_t bytes = 0;
  std::string newest;
  std::error_code error;
  const std::string files = options_.directory + (cluster_ ? "/data/files/tables" : "/files/tables");
  const std::string tables = files + "/1-";
  for (fs::recursive_directory_iterator at(files, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file(error) || !at->path().string().starts_with(tables)) continue;
    if (at->path().filename().string() < newest) continue;
    newest = at->path().filename().string();
    bytes = at->file_size(error);
  }
  return bytes;
}

}  // namespace cellar::bench
