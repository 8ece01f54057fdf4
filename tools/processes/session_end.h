#pragma once

#include <string>

#include "common/config/settings.h"

namespace cellar::tools {

/// The guard's duty for a role that held a session of the lock service at lockservice.url: ends it by its credentials,
/// so that its locks are free at once. Tries as long as the session could live; then its lease has ended it.
void EndSessionOfTheDead(const Settings& settings, const std::string& credentials);

}  // namespace cellar::tools
