#pragma once

#include <string_view>

#include "common/base/result.h"
#include "model/schema_definition.h"

namespace cellar::model {

/// Longest schema text that SchemaFromXml takes.
inline constexpr size_t kMaxSchemaXmlBytes = 4 << 20;

/// The schema that `xml` describes: what SchemaToXml writes, and the same of Hypertable 0.9.8, and the older dialect in
/// which options are attributes (docs/internals/schema.md). Names are taken in any case. Dropped families are left out:
/// their ids are not in the answer. Nothing but the text is checked; Schema::Create does that.
///
/// kInvalidArgument (34) names the line.
Result<SchemaDefinition> SchemaFromXml(std::string_view xml);

}  // namespace cellar::model
