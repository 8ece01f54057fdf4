#include "common/config/toml_file.h"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

namespace cellar::common {
namespace {

Status CollectValue(std::string_view file_name, const std::string& name, const toml::node& node,
                    std::vector<TomlEntry>* entries) {
  TomlEntry entry{.name = name, .line = node.source().begin.line};
  if (const auto* text = node.as_string()) {
    entry.text = text->get();
    entry.quoted = true;
  } else if (const auto* flag = node.as_boolean()) {
    entry.text = flag->get() ? "true" : "false";
  } else if (const auto* integer = node.as_integer()) {
    entry.text = fmt::format("{}", integer->get());
  } else if (const auto* real = node.as_floating_point()) {
    entry.text = fmt::format("{}", real->get());
  } else {
    return InvalidArgument(
        fmt::format("{}:{}: {}: no setting takes an array, a date or a time", file_name, entry.line, name));
  }
  entries->push_back(std::move(entry));
  return OkStatus();
}

Status CollectTable(std::string_view file_name, const std::string& prefix, const toml::table& table,
                    std::vector<TomlEntry>* entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix.empty() ? std::string(key.str()) : fmt::format("{}.{}", prefix, key.str());
    if (const toml::table* inner = node.as_table()) {
      RETURN_IF_ERROR(CollectTable(file_name, name, *inner, entries));
    } else {
      RETURN_IF_ERROR(CollectValue(file_name, name, node, entries));
    }
  }
  return OkStatus();
}

}  // namespace

Result<std::vector<TomlEntry>> ParseToml(std::string_view file_name, std::string_view toml) {
  if (toml.size() > kMaxConfigBytes) {
    return InvalidArgument(fmt::format("{}: larger than {} bytes", file_name, kMaxConfigBytes));
  }
  toml::parse_result parsed = toml::parse(toml, file_name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return InvalidArgument(fmt::format("{}:{}: {}", file_name, error.source().begin.line, error.description()));
  }
  std::vector<TomlEntry> entries;
  RETURN_IF_ERROR(CollectTable(file_name, "", parsed.table(), &entries));
  std::stable_sort(entries.begin(), entries.end(),
                   [](const TomlEntry& a, const TomlEntry& b) { return a.line < b.line; });
  return entries;
}

}  // namespace cellar::common
