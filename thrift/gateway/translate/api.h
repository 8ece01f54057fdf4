#pragma once

#include "thrift/idl/gen/Client_types.h"

namespace cellar::thrift {

/// The ancestor's types, generated; Cellar's own are in `gen`.
namespace api = ::Hypertable::ThriftGen;

}  // namespace cellar::thrift
