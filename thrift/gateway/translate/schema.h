#pragma once

#include "common/base/result.h"
#include "model/schema.h"
#include "thrift/gateway/translate/api.h"

namespace cellar::thrift {

/// Keys of the maps do not count, the names inside do. A family without a group is in "default".
Result<model::SchemaDefinition> ToSchemaDefinition(const api::Schema& from);

/// Options are set where the table's definition has them; dropped families are there, marked.
api::Schema FromSchema(const model::Schema& schema);

}  // namespace cellar::thrift
