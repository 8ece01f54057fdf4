#pragma once

#include "common/base/status.h"
#include "protocol/gen/common_types.h"

namespace cellar::protocol {

PartStatus ToPartStatus(const Status& status);

/// kInvalidArgument when the code is none that this build knows.
Status FromPartStatus(const PartStatus& part);

}  // namespace cellar::protocol
