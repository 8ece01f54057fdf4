#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cellar::hql {

// Fields of separated text (HQL page, §7.5 and §18). Escaped: line end \n, carriage return \r, NUL \0, backslash \\,
// and the separator: \t for a tab, a backslash before any other. The separator must be usable (hql/separator.h).

/// Appends `bytes` as a field.
void AppendEscapedField(std::string_view bytes, char separator, std::string* out);

/// Appends what a field stands for; a backslash that begins no escape is itself.
void AppendUnescapedField(std::string_view field, char separator, std::string* out);

/// Cuts a line into its fields, still escaped. With `escaped`, a separator other than a tab after a backslash is part
/// of the field. Reuses `fields`.
void SplitFields(std::string_view line, char separator, bool escaped, std::vector<std::string_view>* fields);

}  // namespace cellar::hql
