#include <CLI/CLI.hpp>
#include <cstdio>

#include "tools/command.h"

namespace cellar::tools {

void AddVersionCommand(CLI::App& root, Chosen& chosen) {
  CLI::App* version = root.add_subcommand("version", "Print the version of Cellar and exit");
  version->callback([&chosen] {
    chosen.action = [] {
      std::printf("cellar %s\n", CELLAR_VERSION);
      return 0;
    };
  });
}

}  // namespace cellar::tools
