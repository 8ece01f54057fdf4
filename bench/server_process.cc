#include "bench/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "server/endpoints.h"

namespace cellar::bench {
namespace {

constexpr int kStartTimeoutMs = 30'000;

Status SystemError(const std::string& what) {
  return common::IoError(what + ": " + std::strerror(errno));
}

}  // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::Start(const ServerOptions& options) {
  std::unique_ptr<ServerProcess> server(new ServerProcess(options));
  RETURN_IF_ERROR(options.zookeeper_script.empty() ? server->Spawn() : server->StartCluster());
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
  if (!cluster_) return {pid_};
  std::vector<pid_t> pids;
  for (const tests::NodeName& node : cluster_->nodes()) {
    if (node.role != tests::NodeRole::kLockService) pids.push_back(cluster_->Pid(node));
  }
  return pids;
}

std::string ServerProcess::password_file() const {
  return cluster_ ? cluster_->password_file() : std::string();
}

Status ServerProcess::Spawn() {
  std::array<int, 2> output{};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) return SystemError("pipe");
  std::vector<std::string> words = {
      options_.program, "start",
      "--data-dir",     options_.directory,
      "--port-offset",  std::to_string(options_.port_offset),
      "--set",          "rangeserver.block_cache_bytes=" + std::to_string(options_.block_cache_bytes),
      "--set",          "server.log.file=" + options_.directory + ".log"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  const int error = ::posix_spawn(&pid_, options_.program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(output[1]);
  Status status;
  if (error != 0) {
    pid_ = 0;
    status = common::IoError(options_.program + ": " + std::strerror(error));
  } else {
    status = AwaitReady(output[0]);
  }
  ::close(output[0]);
  return status;
}

Status ServerProcess::AwaitReady(int output) {
  std::string said;
  while (said.find('\n') == std::string::npos) {
    pollfd readable{output, POLLIN, 0};
    if (::poll(&readable, 1, kStartTimeoutMs) <= 0) return common::TimedOut("cellar start is not ready");
    std::array<char, 512> bytes{};
    const ssize_t count = ::read(output, bytes.data(), bytes.size());
    if (count <= 0) return common::Unavailable("cellar start ended: see " + options_.directory + ".log");
    said.append(bytes.data(), static_cast<size_t>(count));
  }
  return common::OkStatus();
}

ServerProcess::~ServerProcess() {
  cluster_.reset();
  if (pid_ != 0) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
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
