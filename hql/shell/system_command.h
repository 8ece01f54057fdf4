#pragma once

#include <string>

#include "common/base/result.h"

namespace cellar::hql {

/// Runs a command of the user's with /bin/sh, with the signals of a fresh process, and waits for it: its exit status.
Result<int> RunSystemCommand(const std::string& command);

}  // namespace cellar::hql
