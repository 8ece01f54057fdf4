#include "common/file/path.h"

#include "common/base/check.h"

namespace cellar::common {

bool IsValidPathComponent(std::string_view component) {
  if (component.empty() || component.size() > kMaxPathComponentBytes) return false;
  if (component == "." || component == ".." || component == kSealMarkName) return false;
  for (const char c : component) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && !is_digit && c != '.' && c != '_' && c != '-') return false;
  }
  return true;
}

Status ValidatePath(std::string_view path) {
  if (path.empty()) return InvalidArgument("path is empty");
  if (path.size() > kMaxPathBytes) {
    return InvalidArgument("path of " + std::to_string(path.size()) + " bytes is longer than " +
                           std::to_string(kMaxPathBytes));
  }
  size_t count = 0;
  std::string_view rest = path;
  while (true) {
    const size_t slash = rest.find('/');
    if (!IsValidPathComponent(rest.substr(0, slash)) || ++count > kMaxPathComponents) {
      return InvalidArgument("path '" + std::string(path) + "' is not valid");
    }
    if (slash == std::string_view::npos) return Status();
    rest.remove_prefix(slash + 1);
  }
}

Status ValidateDirectoryPath(std::string_view path) {
  return path.empty() ? Status() : ValidatePath(path);
}

std::string_view ParentPath(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view LastComponent(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  std::string path(directory);
  path.push_back('/');
  path.append(name);
  return path;
}

bool IsBelow(std::string_view path, std::string_view directory) {
  if (directory.empty()) return !path.empty();
  return path.size() > directory.size() && path[directory.size()] == '/' && path.starts_with(directory);
}

std::string_view PathBelow(std::string_view path, std::string_view directory) {
  CHECK(IsBelow(path, directory));
  return directory.empty() ? path : path.substr(directory.size() + 1);
}

std::vector<std::string_view> DirectoriesAbove(std::string_view path) {
  std::vector<std::string_view> directories = {path.substr(0, 0)};
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '/') directories.push_back(path.substr(0, i));
  }
  return directories;
}

}  // namespace cellar::common
