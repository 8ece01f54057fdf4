#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "thrift/gateway/translate/api.h"

namespace cellar::thrift {

/// The public error number of a failure: its own, or the nearest one of the ancestor's.
int32_t PublicCode(const Status& failure);

/// "<text of the code> - <context>: <what the failure says>". `context`: "namespace=17 table=t".
api::ClientException ToException(const Status& failure, std::string_view context);

}  // namespace cellar::thrift
