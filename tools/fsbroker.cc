#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "common/config/reference.h"
#include "common/file/local_directory.h"
#include "common/file/local_file_system.h"
#include "common/random/random.h"
#include "fsbroker/broker/broker_server.h"
#include "fsbroker/broker/settings.h"
#include "fsbroker/wire/sockets.h"
#include "server/daemon.h"
#include "server/load_settings.h"
#include "server/open_file_limit.h"
#include "server/settings.h"
#include "tools/command.h"

namespace cellar::tools {
namespace {

constexpr SettingTable kTables[] = {server::kServerSettings, fsbroker::kBrokerSettings};

struct FsBrokerOptions {
  std::string data_dir;
  std::string config;
  std::vector<std::string> overrides;
  int64_t port_offset = 0;
  bool help_config = false;
};

ClusterId NewClusterId() {
  SeededRandom random(common::SystemSeed());
  ClusterId id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random.Next());
  return id;
}

int Fail(const Status& status) {
  std::fprintf(stderr, "cellar fsbroker run: %s\n", status.ToString().c_str());
  return 1;
}

/// In a process of its own the role's HTTP port is fixed, unless somebody gave another one.
bool IsDefault(const Settings& settings, std::string_view name) {
  for (const common::ResolvedSetting& setting : settings.all()) {
    if (setting.declaration->name == name) return setting.source == "default";
  }
  return false;
}

Result<fsbroker::BrokerServerOptions> ServerOptions(const Settings& settings, const FsBrokerOptions& options) {
  fsbroker::BrokerServerOptions serving;
  ASSIGN_OR_RETURN(const uint16_t port, server::OffsetPort(settings.Get(fsbroker::kPortSetting), options.port_offset));
  serving.listen = rpc::Address(settings.Get(server::kAddressSetting), port);
  serving.program = std::string("cellar ") + CELLAR_VERSION;
  serving.max_connections = static_cast<size_t>(settings.Get(fsbroker::kMaxConnectionsSetting));
  serving.max_open_files = static_cast<size_t>(settings.Get(fsbroker::kMaxOpenFilesSetting));
  serving.lease = settings.Get(fsbroker::kLeaseSetting);
  return serving;
}

/// So that the broker's bound is met before the system's, which other files and connections need as well.
void FitOpenFiles(const server::Daemon& daemon, fsbroker::BrokerServerOptions* serving) {
  constexpr size_t kOthers = 256;
  const size_t taken = serving->max_connections + kOthers;
  const size_t limit = server::RaiseOpenFileLimit();
  // An open file and, at worst, the seal mark of a directory of its own.
  const size_t fit = std::max<size_t>((std::max(limit, taken) - taken) / 2, 16);
  if (fit >= serving->max_open_files) return;
  daemon.LoggerFor("fsbroker")
      .Warning("the system allows fewer open files than fsbroker.max_open_files",
               {{"limit", limit}, {"open_files", fit}});
  serving->max_open_files = fit;
}

Status Serve(const FsBrokerOptions& options) {
  server::SettingArguments arguments;
  arguments.tables.assign(std::begin(kTables), std::end(kTables));
  arguments.config_path = options.config;
  arguments.overrides = options.overrides;
  ASSIGN_OR_RETURN(Settings settings, server::LoadSettings(std::move(arguments)));
  server::DaemonOptions daemon_options("cellar fsbroker", CELLAR_VERSION, std::move(settings));
  daemon_options.port_offset = options.port_offset;
  if (IsDefault(daemon_options.settings, server::kHttpPortSetting.name)) {
    daemon_options.http_port = server::kBrokerPort + server::kRoleHttpPortDistance;
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<server::Daemon> daemon, server::Daemon::Start(std::move(daemon_options)));
  ASSIGN_OR_RETURN(auto serving, ServerOptions(daemon->settings(), options));
  FitOpenFiles(*daemon, &serving);
  // Before anything is touched. Another process may still come between.
  RETURN_IF_ERROR(fsbroker::ListenOn(serving.listen).status());
  ASSIGN_OR_RETURN(const std::unique_ptr<DataDirectory> directory,
                   DataDirectory::Acquire(options.data_dir, NewClusterId));
  ASSIGN_OR_RETURN(const auto files, LocalFileSystem::OpenRoot(directory->files_root()));
  serving.cluster = directory->cluster_id();
  const std::string address = serving.listen.host;
  ASSIGN_OR_RETURN(const auto broker, fsbroker::BrokerServer::Start(*files, daemon->clock(), daemon->metrics(),
                                                                    daemon->LoggerFor("fsbroker"), std::move(serving)));
  daemon->status_pages().SetSection("fsbroker", [&broker] { return broker->StatusJson(); });
  daemon->AnnounceReady({{"fsbroker", address, broker->port()}});
  daemon->WaitForStop();
  broker->Stop();
  daemon->status_pages().RemoveSection("fsbroker");
  return Status();
}

int PrintSampleConfig() {
  std::fputs(common::SampleConfig(kTables).c_str(), stdout);
  return 0;
}

int RunFsBroker(const FsBrokerOptions& options) {
  if (options.data_dir.empty()) return Fail(common::InvalidArgument("say what to serve: --data-dir DIR"));
  const Status status = Serve(options);
  return status.ok() ? 0 : Fail(status);
}

}  // namespace

void AddFsBrokerCommand(CLI::App& root, Chosen& chosen) {
  auto options = std::make_shared<FsBrokerOptions>();
  CLI::App* fsbroker = root.add_subcommand("fsbroker", "The filesystem broker: serves a disk to the other roles");
  fsbroker->require_subcommand(1);
  CLI::App* run = fsbroker->add_subcommand("run", "Serve a data directory, until SIGTERM or Ctrl-C");
  run->add_option("--data-dir", options->data_dir, "What is served; made when there is none");
  run->add_option("--config", options->config, "Settings file (TOML)");
  run->add_option("--set", options->overrides, "One setting: NAME=VALUE; may be repeated");
  run->add_option("--port-offset", options->port_offset, "Added to every port");
  run->add_flag("--help-config", options->help_config, "Print a settings file with every setting, and exit");
  run->callback([&chosen, options] {
    chosen.action = [options] { return options->help_config ? PrintSampleConfig() : RunFsBroker(*options); };
  });
}

}  // namespace cellar::tools
