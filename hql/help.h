#pragma once

#include <string>
#include <string_view>

namespace cellar::hql {

/// What HELP prints: the overview for an empty topic, else every statement or subject whose name begins with `topic`
/// or has it as a word (letters of any case). Lines of at most 100 characters. A topic that is none: says so and lists
/// them.
std::string HelpText(std::string_view topic);

/// docs/reference/hql.md, whole.
std::string ReferencePage();

}  // namespace cellar::hql
