#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cellar::hql {

/// Appends bytes as people can see them: printable characters as they are; \n \r \t \0 and \\ for those; \xHH for every
/// byte of what is no UTF-8, or would move the cursor, or change how others are shown. A string of HQL holding the
/// result means these bytes again.
void AppendDisplayText(std::string_view bytes, std::string* out);

/// How many columns of a terminal UTF-8 text takes: 2 for an ideograph, 0 for a combining mark.
size_t DisplayWidth(std::string_view text);

}  // namespace cellar::hql
