#pragma once

#include "bench/contender.h"
#include "client/cpp/include/scanner.h"

namespace cellar::bench {

/// Reads the scanner to its end: counts the cells and adds them to the digest.
Status ReadOut(client::Scanner& scanner, RunCost* cost);

}  // namespace cellar::bench
