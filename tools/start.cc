#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>

#include "common/config/reference.h"
#include "server/daemon.h"
#include "server/load_settings.h"
#include "tools/command.h"
#include "tools/one_machine.h"
#include "tools/start_settings.h"

namespace cellar::tools {
namespace {

struct StartOptions {
  OneMachineOptions machine;
  std::string config;
  std::vector<std::string> overrides;
  bool help_config = false;
};

std::string DefaultDataDirectory() {
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home) + "/.local/share/cellar" : std::string();
}

int Fail(const Status& status) {
  std::fprintf(stderr, "cellar start: %s\n", status.ToString().c_str());
  return 1;
}

int PrintSampleConfig() {
  std::fputs(common::SampleConfig(kStartSettings).c_str(), stdout);
  return 0;
}

int RunStart(const StartOptions& options) {
  if (options.machine.data_dir.empty()) {
    return Fail(common::InvalidArgument("there is no home directory: say --data-dir DIR"));
  }
  server::SettingArguments arguments;
  arguments.tables.assign(std::begin(kStartSettings), std::end(kStartSettings));
  arguments.config_path = options.config;
  arguments.overrides = options.overrides;
  auto settings = server::LoadSettings(std::move(arguments));
  if (!settings.ok()) return Fail(settings.status());
  server::DaemonOptions daemon_options("cellar", CELLAR_VERSION, std::move(settings).value());
  daemon_options.port_offset = options.machine.port_offset;
  auto daemon = server::Daemon::Start(std::move(daemon_options));
  if (!daemon.ok()) return Fail(daemon.status());
  auto machine = OneMachine::Start(**daemon, options.machine);
  if (!machine.ok()) return Fail(machine.status());
  if ((*machine)->AwaitRecovery()) (*daemon)->AnnounceReady((*machine)->endpoints());
  const std::string why = (*daemon)->WaitForStop();
  (*machine)->Stop();
  return why.find("cannot go on") == std::string::npos ? 0 : 1;
}

}  // namespace

void AddStartCommand(CLI::App& root, Chosen& chosen) {
  auto options = std::make_shared<StartOptions>();
  options->machine.data_dir = DefaultDataDirectory();
  CLI::App* start = root.add_subcommand("start", "Run a whole Cellar in this process, until SIGTERM or Ctrl-C");
  start->add_option("--data-dir", options->machine.data_dir, "Where everything is kept; made when there is none")
      ->capture_default_str();
  start->add_option("--config", options->config, "Settings file (TOML)");
  start->add_option("--set", options->overrides, "One setting: NAME=VALUE; may be repeated");
  start->add_option("--port-offset", options->machine.port_offset, "Added to every port");
  start->add_flag("--help-config", options->help_config, "Print a settings file with every setting, and exit");
  start->callback([&chosen, options] {
    chosen.action = [options] { return options->help_config ? PrintSampleConfig() : RunStart(*options); };
  });
}

}  // namespace cellar::tools
