// `cellar shell` on a database in memory: memory_shell [--batch] [--test-mode] [--history FILE] [-e STATEMENTS]
// [--command-file FILE] [--format FORMAT] [--version VERSION] …
//
// The tables "endless" and "stuck" are those of WaitingDatabase.

#include <cstdio>
#include <cstring>
#include <string>

#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "hql/shell/paged_output.h"
#include "hql/shell/shell.h"
#include "tests/pty/waiting_database.h"

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
    if (argument == "--output-only") options.output_only = true;
    if (argument == "--format") options.format = ParseOutputFormat(value());
    if (argument == "--version") options.version = value();
    if (argument == "--namespace") options.name_space = value();
  }
  options.pager = DefaultPager();
  const cellar::common::SystemClock clock;
  cellar::SeededRandom random(1);
  WaitingDatabase database(clock);
  database.health.level = cellar::client::ClusterHealth::Level::kWarning;
  database.health.problems = {"this is a test"};
  return RunShell(options, database, clock, random, signals);
}
