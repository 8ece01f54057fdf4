#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

#include "tools/command.h"

namespace {

constexpr int kUsageError = 1;

/// The first word, when it is meant for a command and is none.
const char* UnknownCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return nullptr;
  const auto is_meant = [argv](const CLI::App* command) { return command->get_name() == argv[1]; };
  return app.get_subcommands(is_meant).empty() ? argv[1] : nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Cellar: big sorted tables", "cellar");
  app.require_subcommand(1);
  app.set_version_flag("--version", "cellar " CELLAR_VERSION);
  app.get_formatter()->column_width(32);

  cellar::tools::Chosen chosen;
  cellar::tools::AddStartCommand(app, chosen);
  cellar::tools::AddRoleCommands(app, chosen);
  cellar::tools::AddShellCommand(app, chosen);
  cellar::tools::AddVersionCommand(app, chosen);
  cellar::tools::AddLogCommand(app, chosen);
  cellar::tools::AddCellStoreCommand(app, chosen);
  cellar::tools::AddCheckCommand(app, chosen);

  if (const char* unknown = UnknownCommand(app, argc, argv)) {
    std::fprintf(stderr, "cellar: there is no command '%s'\nRun with --help for more information.\n", unknown);
    return kUsageError;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  return chosen.action();
}
