#include "lockservice/node.h"

#include <algorithm>

namespace cellar::lockservice {
namespace {

bool IsComponent(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

Status BadPath(std::string_view path, std::string_view why) {
  std::string message = "lock service path '";
  message.append(path.substr(0, kMaxPathBytes)).append("': ").append(why);
  return common::InvalidArgument(std::move(message));
}

}  // namespace

Status CheckNodePath(std::string_view path) {
  if (path.size() > kMaxPathBytes) return BadPath(path, "longer than 1024 bytes");
  if (path == "/") return common::OkStatus();
  if (!path.starts_with('/')) return BadPath(path, "must begin with '/'");
  size_t depth = 0;
  for (size_t begin = 1; begin <= path.size(); ++depth) {
    const size_t end = std::min(path.find('/', begin), path.size());
    if (!IsComponent(path.substr(begin, end - begin))) {
      return BadPath(path, "each part is of letters, digits, '.', '_' and '-', and not '.' or '..'");
    }
    begin = end + 1;
    if (end + 1 == path.size()) return BadPath(path, "must not end with '/'");
  }
  return depth <= kMaxPathDepth ? common::OkStatus() : BadPath(path, "more than 16 levels");
}

Status CheckAttributes(const Attributes& attributes) {
  if (attributes.size() > kMaxAttributes) return common::InvalidArgument("a node has at most 32 attributes");
  size_t bytes = 0;
  for (const auto& [name, value] : attributes) {
    if (name.empty()) return common::InvalidArgument("an attribute's name is empty");
    bytes += name.size() + value.size();
  }
  if (bytes > kMaxNodeBytes) return common::InvalidArgument("a node's attributes have at most 256 KiB");
  return common::OkStatus();
}

std::string_view ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

Status NotStanding(const Sequencer& sequencer, StatusCode code) {
  return Status(code, "lock service: acquisition " + std::to_string(sequencer.number) + " of " + sequencer.path +
                          " does not stand any more");
}

}  // namespace cellar::lockservice
