#pragma once

#include <string>

namespace cellar::server {

/// From now on a crash of the process (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT from CHECK or an uncaught exception)
/// writes the signal, `title` (program and version) and a backtrace to stderr, then ends as it would have, so that the
/// core file and the exit status stay. Once a process, at the start of `main`. Addresses resolve with `addr2line -Cfipe
/// <program>`.
void InstallCrashDump(const std::string& title);

}  // namespace cellar::server
