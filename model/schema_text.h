#pragma once

#include <string>
#include <string_view>

#include "model/schema.h"

namespace cellar::model {

/// DESCRIBE TABLE: the schema as XML; `with_ids` adds generations and family ids. Ends with a newline.
std::string SchemaToXml(const Schema& schema, bool with_ids);

/// SHOW CREATE TABLE: the canonical statement, without a terminating semicolon.
std::string SchemaToCreateStatement(const Schema& schema, std::string_view table_name);

/// A name as HQL prints it: in single quotes unless it is a letter followed by letters and digits, and not reserved.
std::string QuoteName(std::string_view name);

/// A word that is no name in HQL without quotes: access, from, … in small letters, in capitals, or with one capital
/// first.
bool IsReservedWord(std::string_view word);

}  // namespace cellar::model
