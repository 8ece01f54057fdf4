#include "tools/processes/run_role.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "common/config/reference.h"
#include "server/load_settings.h"
#include "server/settings.h"

namespace cellar::tools {
namespace {

int Fail(const RoleProgram& program, const Status& status) {
  std::fprintf(stderr, "%s: %s\n", program.command.c_str(), status.ToString().c_str());
  return 1;
}

bool IsGiven(const Settings& settings, const SettingDeclaration& declaration) {
  return std::any_of(settings.all().begin(), settings.all().end(), [&](const common::ResolvedSetting& setting) {
    return setting.declaration == &declaration && setting.source != "default";
  });
}

server::DaemonOptions DaemonOptionsFor(const RoleProgram& program, const RunArguments& arguments, Settings settings) {
  const bool http_is_given = IsGiven(settings, server::kHttpPortSetting);
  server::DaemonOptions options(program.name, CELLAR_VERSION, std::move(settings));
  options.port_offset = arguments.port_offset;
  if (!http_is_given) options.http_port = program.http_port;
  return options;
}

int RunUntilStopped(const RoleProgram& program, RoleSeams seams, const StartRole& start) {
  auto role = start(seams);
  if (!role.ok()) return Fail(program, role.status());
  if ((*role)->AwaitReady()) seams.daemon.AnnounceReady((*role)->endpoints());
  seams.daemon.WaitForStop();
  (*role)->Stop();
  return seams.daemon.failed() ? 1 : 0;
}

}  // namespace

int RunRole(const RoleProgram& program, const RunArguments& arguments, const StartRole& start) {
  if (arguments.help_config) {
    std::fputs(common::SampleConfig(program.settings).c_str(), stdout);
    return 0;
  }
  server::SettingArguments sources;
  sources.tables = program.accepted;
  sources.config_path = arguments.config;
  sources.overrides = arguments.overrides;
  auto settings = server::LoadSettings(std::move(sources));
  if (!settings.ok()) return Fail(program, settings.status());
  std::unique_ptr<server::Guard> guard;
  if (program.after_death) {
    auto started = server::Guard::Start([&](const std::string& words) { program.after_death(*settings, words); });
    if (!started.ok()) return Fail(program, started.status());
    guard = std::move(started).value();
  }
  auto daemon = server::Daemon::Start(DaemonOptionsFor(program, arguments, std::move(settings).value()));
  if (!daemon.ok()) return Fail(program, daemon.status());
  return RunUntilStopped(program, RoleSeams{**daemon, arguments.port_offset, guard.get()}, start);
}

}  // namespace cellar::tools
