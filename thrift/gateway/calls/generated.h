#pragma once

// The generated arguments and answers of ClientService, `api::ClientService_<method>_args` and `_result`. Slow to
// compile: for the methods' .cc files only.
#include "thrift/idl/gen/ClientService.h"
