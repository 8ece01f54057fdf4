// `cellar shell` on a database in memory: memory_shell [--batch] [--test-mode] [--history FILE] [-e STATEMENTS]
// [--command-file FILE] [--slow-scans]

#include <cstdio>
#include <cstring>
#include <string>

#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "hql/executor/memory_database.h"
#include "hql/shell/shell.h"

int main(int argc, char** argv) {
  using namespace cellar::hql;
  ShellSignals signals;
  ShellOptions options;
  options.version = "test";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (argument == "--batch") options.batch = true;
    if (argument == "--test-mode") options.test_mode = true;
    if (argument == "--no-prompt") options.no_prompt = true;
    if (argument == "--history") options.history_file = value();
    if (argument == "-e") options.statements.push_back(value());
    if (argument == "--command-file") options.command_file = value();
    if (argument == "--namespace") options.name_space = value();
  }
  const cellar::common::SystemClock clock;
  cellar::SeededRandom random(1);
  MemoryDatabase database(clock);
  database.health.level = cellar::client::ClusterHealth::Level::kWarning;
  database.health.problems = {"this is a test"};
  return RunShell(options, database, clock, random, signals);
}
