#pragma once

#include "common/random/random.h"
#include "common/time/clock.h"
#include "hql/executor/database.h"
#include "hql/shell/shell_options.h"
#include "hql/shell/shell_signals.h"

namespace cellar::hql {

/// Where a shell reads and writes; file descriptors, borrowed.
struct ShellStreams {
  int input = 0;
  int output = 1;
  int errors = 2;

  ShellStreams() = default;
};

/// Runs the shell to its end and returns the exit status of the process (shell_options.h).
///
/// Statements come from the options, else from the input: with prompts, history and completion when that is a terminal.
/// Interactively an error does not end the shell; in -e, --command-file and --batch it does. SIGINT ends the statement
/// that runs, or empties the line; a script ends with it; SIGTERM and SIGHUP end the shell. When nobody reads the
/// output any more the shell ends quietly.
int RunShell(const ShellOptions& options, Database& database, const Clock& clock, Random& random, ShellSignals& signals,
             const ShellStreams& streams = ShellStreams());

}  // namespace cellar::hql
