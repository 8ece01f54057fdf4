#pragma once

#include <string>
#include <string_view>

namespace cellar::hql {

/// The absolute path of `name` as seen from the namespace `current` (absolute itself): repeated, leading and trailing
/// slashes and blanks around names are dropped. "/" is the root.
std::string ResolvePath(std::string_view current, std::string_view name);

}  // namespace cellar::hql
