#pragma once

#include <string>
#include <string_view>

namespace cellar::hql {

/// Appends `"name":"text"`, or `"name_base64":"…"` when the bytes are no UTF-8, which a JSON string cannot hold.
void AppendJsonMember(std::string_view name, std::string_view bytes, std::string* out);

}  // namespace cellar::hql
