#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "tools/command.h"
#include "tools/processes/broker_process.h"
#include "tools/processes/gateway_process.h"
#include "tools/processes/lock_service_process.h"
#include "tools/processes/master_process.h"
#include "tools/processes/one_machine.h"
#include "tools/processes/range_server_process.h"
#include "tools/processes/role_settings.h"
#include "tools/processes/run_role.h"
#include "tools/processes/session_end.h"

// The commands that run until they are told to stop.

namespace cellar::tools {
namespace {

/// The arguments of one such command.
struct RunCommand {
  RunArguments arguments;
  std::string data_dir;
};

using RunAction = std::function<int(const RunCommand&)>;

template <size_t kCount>
RoleProgram Program(const std::string& command, const std::string& name, uint16_t port,
                    const SettingTable (&settings)[kCount]) {
  RoleProgram program;
  program.command = command;
  program.name = name;
  program.http_port = static_cast<uint16_t>(port + server::kRoleHttpPortDistance);
  program.settings.assign(std::begin(settings), std::end(settings));
  program.accepted.assign(std::begin(kAllSettings), std::end(kAllSettings));
  return program;
}

std::shared_ptr<RunCommand> AddRunOptions(CLI::App& verb, Chosen& chosen, RunAction run) {
  auto command = std::make_shared<RunCommand>();
  verb.add_option("--config", command->arguments.config, "Settings file (TOML)");
  verb.add_option("--set", command->arguments.overrides, "One setting: NAME=VALUE; may be repeated");
  verb.add_option("--port-offset", command->arguments.port_offset, "Added to every port");
  verb.add_flag("--help-config", command->arguments.help_config, "Print a settings file with every setting, and exit");
  verb.callback([&chosen, command, run = std::move(run)] { chosen.action = [command, run] { return run(*command); }; });
  return command;
}

/// Whether a directory is wanted and missing; says so.
bool LacksDirectory(const RunCommand& command, const char* verb, const char* why) {
  if (!command.data_dir.empty() || command.arguments.help_config) return false;
  std::fprintf(stderr, "%s: %s: --data-dir DIR\n", verb, why);
  return true;
}

std::string BelowHome(const std::string& name) {
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home) + "/.local/share/" + name : std::string();
}

int RunStart(const RunCommand& command) {
  if (LacksDirectory(command, "cellar start", "there is no home directory, say where")) return 1;
  RoleProgram program = Program("cellar start", "cellar", 0, kStartSettings);
  program.http_port = server::kHttpPort;
  program.accepted = program.settings;
  return RunRole(program, command.arguments,
                 [&](RoleSeams seams) { return OneMachine::Start(seams, command.data_dir); });
}

int RunMaster(const RunCommand& command) {
  RoleProgram program = Program("cellar master run", "cellar master", server::kMasterPort, kMasterProcessSettings);
  program.after_death = EndSessionOfTheDead;
  return RunRole(program, command.arguments, MasterProcess::Start);
}

int RunRangeServer(const RunCommand& command) {
  RoleProgram program =
      Program("cellar rangeserver run", "cellar rangeserver", server::kRangeServerPort, kRangeServerProcessSettings);
  program.after_death = EndSessionOfTheDead;
  return RunRole(program, command.arguments, RangeServerProcess::Start);
}

int RunBroker(const RunCommand& command) {
  if (LacksDirectory(command, "cellar fsbroker run", "say what to serve")) return 1;
  const RoleProgram program =
      Program("cellar fsbroker run", "cellar fsbroker", server::kBrokerPort, kBrokerProcessSettings);
  return RunRole(program, command.arguments,
                 [&](RoleSeams seams) { return BrokerProcess::Start(seams, command.data_dir); });
}

int RunGateway(const RunCommand& command) {
  const RoleProgram program =
      Program("cellar gateway run", "cellar gateway", server::kGatewayPort, kGatewayProcessSettings);
  return RunRole(program, command.arguments, GatewayProcess::Start);
}

int RunLockService(const RunCommand& command) {
  if (LacksDirectory(command, "cellar lockservice run", "there is no home directory, say where")) return 1;
  const RoleProgram program =
      Program("cellar lockservice run", "cellar lockservice", server::kLockServicePort, kLockServiceProcessSettings);
  return RunRole(program, command.arguments,
                 [&](RoleSeams seams) { return LockServiceProcess::Start(seams, command.data_dir); });
}

/// `cellar ROLE run`
CLI::App* AddRole(CLI::App& root, const char* role, const char* what, const char* run) {
  CLI::App* noun = root.add_subcommand(role, what);
  noun->require_subcommand(1);
  return noun->add_subcommand("run", run);
}

}  // namespace

void AddStartCommand(CLI::App& root, Chosen& chosen) {
  CLI::App* start = root.add_subcommand("start", "Run a whole Cellar in this process, until SIGTERM or Ctrl-C");
  const auto command = AddRunOptions(*start, chosen, RunStart);
  command->data_dir = BelowHome("cellar");
  start->add_option("--data-dir", command->data_dir, "Where everything is kept; made when there is none")
      ->capture_default_str();
}

void AddRoleCommands(CLI::App& root, Chosen& chosen) {
  AddRunOptions(*AddRole(root, "master", "The master, in a process of its own",
                         "Run a master: active when it gets the lock, a standby before; until SIGTERM or Ctrl-C"),
                chosen, RunMaster);
  AddRunOptions(*AddRole(root, "rangeserver", "A range server, in a process of its own",
                         "Run a range server until SIGTERM or Ctrl-C"),
                chosen, RunRangeServer);
  AddRunOptions(*AddRole(root, "gateway", "The Thrift gateway, in a process of its own",
                         "Serve the API for other languages until SIGTERM or Ctrl-C"),
                chosen, RunGateway);
  CLI::App* broker = AddRole(root, "fsbroker", "The filesystem broker, in a process of its own",
                             "Serve a data directory to the other roles, until SIGTERM or Ctrl-C");
  const auto serving = AddRunOptions(*broker, chosen, RunBroker);
  broker->add_option("--data-dir", serving->data_dir, "What is served; made when there is none");
  CLI::App* lock_service = AddRole(root, "lockservice", "The embedded lock service, in a process of its own",
                                   "Serve it to others, at cellar://host:port, until SIGTERM or Ctrl-C");
  const auto command = AddRunOptions(*lock_service, chosen, RunLockService);
  command->data_dir = BelowHome("cellar-lockservice");
  lock_service->add_option("--data-dir", command->data_dir, "Where its state is kept; made when there is none")
      ->capture_default_str();
}

}  // namespace cellar::tools
