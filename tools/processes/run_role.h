#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/config/settings.h"
#include "tools/processes/footing.h"
#include "tools/processes/running_role.h"

namespace cellar::tools {

/// What a command that runs roles is, whatever its arguments.
struct RoleProgram {
  /// In the guard's process, when the one it watched died: what is left to do, by its last words.
  using AfterDeath = std::function<void(const Settings& settings, const std::string& last_words)>;

  std::string command;                 ///< "cellar master run": begins its messages.
  std::string name;                    ///< "cellar master": begins the ready line.
  std::vector<SettingTable> settings;  ///< Its own: what --help-config shows.
  std::vector<SettingTable> accepted;  ///< What may stand in its file: all roles' when they share one.
  uint16_t http_port = 0;              ///< Unless server.http.port is given.
  AfterDeath after_death;              ///< Empty: no guard.

  RoleProgram() = default;
};

/// What all such commands take from the command line.
struct RunArguments {
  std::string config;
  std::vector<std::string> overrides;
  int64_t port_offset = 0;
  bool help_config = false;

  RunArguments() = default;
};

using StartRole = std::function<Result<std::unique_ptr<RunningRole>>(RoleSeams seams)>;

/// Runs a role until it is told to stop: settings, guard, daemon, `start`, ready line, wait, stop. Returns the exit
/// status: 0 after a signal, 1 when the start failed or the role could not go on.
int RunRole(const RoleProgram& program, const RunArguments& arguments, const StartRole& start);

}  // namespace cellar::tools
