#pragma once

#include <sys/types.h>

#include <string>

#include "common/base/result.h"

namespace cellar::hql {

/// Starts `sh -c command` with the signals as a program expects them. `input`: its standard input; −1: the shell's.
Result<pid_t> StartShellCommand(const std::string& command, int input);

/// Waits for its end: the status, 128 and the number for a signal.
Result<int> WaitForCommand(pid_t child);

}  // namespace cellar::hql
