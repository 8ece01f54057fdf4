#pragma once

#include <string>

#include "common/random/random.h"

namespace cellar::hql {

/// GUID(): a random UUID (version 4) as text, "f81d4fae-7dec-41d0-a765-00a0c91e6bf6".
std::string NewGuid(Random& random);

}  // namespace cellar::hql
