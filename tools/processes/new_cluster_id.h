#pragma once

#include "common/base/cluster_id.h"
#include "common/random/random.h"

namespace cellar::tools {

/// A name for a cluster that is being made.
inline ClusterId NewClusterId() {
  SeededRandom random(common::SystemSeed());
  ClusterId id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random.Next());
  return id;
}

}  // namespace cellar::tools
