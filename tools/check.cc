#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "client/cpp/connection.h"
#include "common/concurrency/block_on.h"
#include "common/file/local_directory.h"
#include "common/file/local_file_system.h"
#include "server/endpoints.h"
#include "storage/identity/cluster_identity.h"
#include "tools/check/cluster_check.h"
#include "tools/command.h"
#include "tools/processes/cluster_files.h"

namespace cellar::tools {
namespace {

constexpr int kFound = 1;
constexpr int kCouldNotCheck = 2;
constexpr Nanos kFirstAnswer = 5 * kSecond;

struct CheckCommand {
  std::string data_dir;
  std::string url;
  std::string password_file;
  int64_t port_offset = 0;
  int64_t wait_seconds = 60;
  bool json = false;
};

int Fail(const Status& status) {
  std::fprintf(stderr, "cellar check: could not check: %s\n", status.ToString().c_str());
  return kCouldNotCheck;
}

/// One line on standard error that says what is being done; none unless it is a terminal.
class ProgressLine {
 public:
  ProgressLine() : shown_(::isatty(STDERR_FILENO) != 0) {}
  ~ProgressLine() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(std::string_view what) const {
    if (shown_) std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(what.size()), what.data());
  }

 private:
  const bool shown_;
};

Result<std::string> UrlOf(const CheckCommand& command) {
  if (!command.url.empty()) return command.url;
  ASSIGN_OR_RETURN(const uint16_t port, server::OffsetPort(server::kLockServicePort, command.port_offset));
  return "cellar://127.0.0.1:" + std::to_string(port);
}

/// Who runs, and where its files are.
Result<check::ServersSeen> FindCluster(client::ClientCore& core, check::ClusterView& view, const std::string& url) {
  const Deadline deadline = Deadline::After(core.executor().clock(), kFirstAnswer);
  auto servers = common::BlockOn(core.executor(), view.ReadServers(deadline));
  if (servers.ok()) return servers;
  return std::move(servers).status().WithContext("no Cellar answers at " + url + "; it has to run while it is checked");
}

/// Where the cluster's files are, opened.
struct ClusterFiles {
  std::string name;
  ClusterId cluster;
  std::unique_ptr<FileSystem> data_files;
  std::unique_ptr<FileSystem> log_files;  ///< Null: the same as for data.

  ClusterFiles() = default;
  FileSystem& log() const { return log_files ? *log_files : *data_files; }
};

Result<ClusterFiles> OpenFiles(const CheckCommand& command, const check::ServersSeen& servers, const Clock& clock) {
  ClusterFiles files;
  if (command.data_dir.empty() && !servers.data_url.empty()) {
    files.name = servers.data_url;
    ASSIGN_OR_RETURN(files.data_files, OpenSharedFiles(servers.data_url, clock, "cellar check"));
    if (servers.log_url != servers.data_url) {
      ASSIGN_OR_RETURN(files.log_files, OpenSharedFiles(servers.log_url, clock, "cellar check"));
    }
    ASSIGN_OR_RETURN(files.cluster, storage::ReadClusterIdentity(*files.data_files));
    return files;
  }
  files.name = command.data_dir.empty() ? servers.data_directory : command.data_dir;
  if (files.name.empty())
    return common::InvalidArgument("the master does not say where its files are: give --data-dir");
  ASSIGN_OR_RETURN(files.cluster, DataDirectory::ReadClusterId(files.name));
  ASSIGN_OR_RETURN(files.data_files, common::LocalFileSystem::OpenRoot(files.name + "/files"));
  return files;
}

Result<check::CheckReport> RunCheck(const CheckCommand& command) {
  client::ClientOptions client;
  ASSIGN_OR_RETURN(client.lock_service_url, UrlOf(command));
  client.lock_service_password_file = command.password_file;
  ASSIGN_OR_RETURN(const auto connection, client::Connection::Open(client));
  client::ClientCore& core = connection->core();
  check::ClientClusterView view(core);
  ASSIGN_OR_RETURN(const check::ServersSeen servers, FindCluster(core, view, client.lock_service_url));
  ASSIGN_OR_RETURN(const ClusterFiles files, OpenFiles(command, servers, core.executor().clock()));
  check::CheckOptions options;
  options.cluster = files.cluster;
  if (options.cluster.ToString() != servers.cluster) {
    return common::InvalidArgument(files.name + " belongs to cluster " + options.cluster.ToString() + ", but " +
                                   client.lock_service_url + " is cluster " + servers.cluster);
  }
  options.patience = command.wait_seconds * kSecond;
  const ProgressLine progress;
  options.on_progress = [&progress](std::string_view what) { progress.Show(what); };
  const check::CheckSeams seams{core.executor(), view, files.log(), *files.data_files};
  return common::BlockOn(core.executor(), check::CheckCluster(seams, std::move(options)));
}

int RunCheckCommand(const CheckCommand& command) {
  const auto report = RunCheck(command);
  if (!report.ok()) return Fail(report.status());
  std::fputs((command.json ? check::ReportAsJson(*report) : check::ReportAsText(*report)).c_str(), stdout);
  return report->clean() ? 0 : kFound;
}

}  // namespace

void AddCheckCommand(CLI::App& root, Chosen& chosen) {
  auto command = std::make_shared<CheckCommand>();
  CLI::App* verb = root.add_subcommand("check", "Check a running Cellar: METADATA, every file, every name");
  verb->add_option("--data-dir", command->data_dir, "Where its files are; else as the master says");
  verb->add_option("--port-offset", command->port_offset, "Of the Cellar on this machine");
  verb->add_option("--url", command->url,
                   "Lock service of another cluster: cellar://host:port or zookeeper://host:port/path");
  verb->add_option("--password-file", command->password_file, "Of that ZooKeeper")
      ->envname("CELLAR_LOCKSERVICE_PASSWORD_FILE");
  verb->add_option("--wait", command->wait_seconds, "Seconds to wait for recovery and for the collection of garbage")
      ->capture_default_str();
  verb->add_flag("--json", command->json, "Print the findings as JSON");
  verb->footer("Changes nothing. Exit status: 0 all is well, 1 something was found, 2 it could not be checked.");
  verb->callback([&chosen, command] { chosen.action = [command] { return RunCheckCommand(*command); }; });
}

}  // namespace cellar::tools
