#pragma once

#include <functional>

// Declared here, so that CLI11 is included by the commands' .cc files only.
namespace CLI {
class App;
}

namespace cellar::tools {

/// What a command does once its options are parsed; returns the process's exit status.
using Action = std::function<int()>;

/// Where a command puts the action that the command line chose.
struct Chosen {
  Action action;
};

// Each adds its verbs, with options and help, below `root`. One file a function.
void AddShellCommand(CLI::App& root, Chosen& chosen);
void AddStartCommand(CLI::App& root, Chosen& chosen);
void AddRoleCommands(CLI::App& root, Chosen& chosen);
void AddVersionCommand(CLI::App& root, Chosen& chosen);
void AddLogCommand(CLI::App& root, Chosen& chosen);
void AddCellStoreCommand(CLI::App& root, Chosen& chosen);
void AddCheckCommand(CLI::App& root, Chosen& chosen);

}  // namespace cellar::tools
