#pragma once

#include <cstddef>

namespace cellar::server {

/// Raises the number of files and connections that this process may have open to what the system lets it have, and
/// returns that. Most systems start processes with 1,024, and allow many more to those that ask.
size_t RaiseOpenFileLimit();

}  // namespace cellar::server
