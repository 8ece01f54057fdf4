#include "master/operations/names.h"

namespace cellar::master {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return std::string_view();
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

Result<std::string> CanonicalPath(std::string_view path) {
  std::string_view rest = Trimmed(path);
  std::string canonical;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(name.size() < rest.size() ? name.size() + 1 : name.size());
    if (!name.empty()) canonical.append("/").append(name);
  }
  for (const char c : canonical) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      return common::InvalidArgument("a name has control characters").WithDetail(kBadNamespace);
    }
  }
  if (canonical.size() > kMaxPathBytes) {
    return common::InvalidArgument("a path has " + std::to_string(canonical.size()) + " bytes, the limit is " +
                                   std::to_string(kMaxPathBytes))
        .WithDetail(kBadNamespace);
  }
  return canonical.empty() ? std::string("/") : canonical;
}

std::string ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? std::string("/") : std::string(path.substr(0, slash));
}

std::string_view LastName(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string IndexTablePath(std::string_view path, model::IndexKind kind) {
  const std::string_view name = LastName(path);
  std::string index(path.substr(0, path.size() - name.size()));
  index.append(kind == model::IndexKind::kValue ? "^" : "^^").append(name);
  return index;
}

Status CheckNoIndexTable(std::string_view path) {
  if (!LastName(path).starts_with('^')) return common::OkStatus();
  return common::InvalidArgument("index tables are made, changed and dropped with their table: " + std::string(path))
      .WithDetail(kBadTableName);
}

Status CheckTableName(std::string_view path) {
  if (path == "/") return common::InvalidArgument("the table has no name").WithDetail(kBadTableName);
  if (LastName(path).find("^.") != std::string_view::npos) {
    return common::InvalidArgument("names with '^.' are those of pseudo-tables: " + std::string(path))
        .WithDetail(kBadTableName);
  }
  if (!LastName(path).starts_with('^')) return common::OkStatus();
  return common::InvalidArgument("table names that begin with '^' are reserved: " + std::string(path))
      .WithDetail(kBadTableName);
}

bool IsProtected(std::string_view path) {
  return path == "/" || path == "/tmp" || path == "/sys" || path.starts_with("/sys/");
}

}  // namespace cellar::master
