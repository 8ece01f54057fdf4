#include "hql/executor/path.h"

namespace cellar::hql {

namespace {

void AppendParts(std::string_view name, std::string* path) {
  constexpr std::string_view kBlanks = " \t\r\n";
  while (!name.empty()) {
    const size_t slash = std::min(name.find('/'), name.size());
    std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    part.remove_prefix(std::min(part.find_first_not_of(kBlanks), part.size()));
    part = part.substr(0, part.find_last_not_of(kBlanks) + 1);
    if (part.empty()) continue;
    path->push_back('/');
    path->append(part);
  }
}

}  // namespace

std::string ResolvePath(std::string_view current, std::string_view name) {
  std::string path;
  const size_t first = name.find_first_not_of(" \t\r\n");
  const bool absolute = first != std::string_view::npos && name[first] == '/';
  if (!absolute) AppendParts(current, &path);
  AppendParts(name, &path);
  return path.empty() ? "/" : path;
}

}  // namespace cellar::hql
