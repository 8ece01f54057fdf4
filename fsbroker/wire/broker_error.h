#pragma once

#include <memory>

#include "common/base/status.h"
#include "fsbroker/gen/broker_types.h"

namespace cellar::fsbroker {

/// The code by which `code` travels. Codes that no FileSystem answers travel as IO_ERROR.
gen::ErrorCode::type ErrorCodeOf(StatusCode code);

/// kIoError for UNKNOWN_FILE, which callers look for before, and for numbers of a later version.
StatusCode StatusCodeOf(gen::ErrorCode::type code);

/// Ends a call of the service with this error. Requires !status.ok().
[[noreturn]] void ThrowAsBrokerError(const Status& status);
[[noreturn]] void ThrowAsBrokerError(gen::ErrorCode::type code, std::string message);

}  // namespace cellar::fsbroker
