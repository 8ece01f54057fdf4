#pragma once

#include "master/cluster/catalog.h"

namespace cellar::master {

/// The names that every Cellar has: `/`, `/sys` with its two tables, `/tmp`. May be repeated. `catalog` outlives it.
Task<Status> AddFirstNames(Catalog& catalog);

}  // namespace cellar::master
