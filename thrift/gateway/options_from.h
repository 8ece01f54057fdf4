#pragma once

#include "common/config/settings.h"
#include "thrift/gateway/gateway.h"

namespace cellar::thrift {

/// All but address, port, version and what `shutdown` does.
GatewayOptions OptionsFrom(const Settings& settings);

}  // namespace cellar::thrift
