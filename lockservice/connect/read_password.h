#pragma once

#include <string>

#include "common/base/result.h"

namespace cellar::lockservice {

/// The first line of the file, without its end. kInvalidArgument when there is no path, or nothing in that line;
/// kIoError naming the file and why. A few bytes of a local file: read where it stands, also on a loop.
Result<std::string> ReadPassword(const std::string& path);

}  // namespace cellar::lockservice
