#include "hql/shell/shell_names.h"

#include <dirent.h>

#include <memory>

#include "hql/executor/path.h"
#include "hql/files/local_files.h"

namespace cellar::hql {

namespace {
constexpr size_t kMaxFiles = 10'000;
}  // namespace

std::vector<std::string> ShellNames::List(bool namespaces) {
  const auto entries = database_.List(session_.current_namespace());
  std::vector<std::string> names;
  if (!entries.ok()) return names;
  for (const client::ListingEntry& entry : *entries) {
    if (entry.is_namespace == namespaces) names.push_back(entry.name);
  }
  return names;
}

std::vector<std::string> ShellNames::Tables() {
  return List(/*namespaces=*/false);
}

std::vector<std::string> ShellNames::Namespaces() {
  return List(/*namespaces=*/true);
}

std::vector<std::string> ShellNames::Families(const std::string& table) {
  std::vector<std::string> names;
  const auto opened = database_.OpenTable(ResolvePath(session_.current_namespace(), table));
  if (!opened.ok()) return names;
  for (const model::ColumnFamily& family : (*opened)->schema().families()) {
    if (!family.deleted) names.push_back(family.name);
  }
  return names;
}

std::vector<std::string> ShellNames::Files(const std::string& prefix) {
  std::vector<std::string> names;
  const size_t slash = prefix.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : prefix.substr(0, slash + 1);
  const std::string path = folder.empty() ? "." : ExpandHome(folder);
  const auto close = [](DIR* directory) { ::closedir(directory); };
  const std::unique_ptr<DIR, decltype(close)> directory(::opendir(path.c_str()), close);
  if (!directory) return names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == ".." || names.size() == kMaxFiles) continue;
    names.push_back(folder + name + (entry->d_type == DT_DIR ? "/" : ""));
  }
  return names;
}

}  // namespace cellar::hql
