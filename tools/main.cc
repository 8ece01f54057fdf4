#include <CLI/CLI.hpp>

#include "tools/command.h"

namespace {
constexpr int kUsageError = 1;
}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Cellar: big sorted tables", "cellar");
  app.require_subcommand(1);
  app.get_formatter()->column_width(32);

  cellar::tools::Chosen chosen;
  cellar::tools::AddStartCommand(app, chosen);
  cellar::tools::AddShellCommand(app, chosen);
  cellar::tools::AddVersionCommand(app, chosen);
  cellar::tools::AddLogCommand(app, chosen);
  cellar::tools::AddCellStoreCommand(app, chosen);
  cellar::tools::AddCheckCommand(app, chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  return chosen.action();
}
