#include "common/config/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "common/config/setting_value.h"

namespace cellar::common {
namespace {

std::vector<const SettingDeclaration*> SortedByName(std::span<const SettingTable> tables) {
  std::vector<const SettingDeclaration*> all;
  for (SettingTable table : tables) all.insert(all.end(), table.begin(), table.end());
  std::sort(all.begin(), all.end(),
            [](const SettingDeclaration* a, const SettingDeclaration* b) { return a->name < b->name; });
  return all;
}

std::string_view StabilityName(SettingStability stability) {
  switch (stability) {
    case SettingStability::kStable:
      return "stable";
    case SettingStability::kExperimental:
      return "experimental";
    case SettingStability::kTestOnly:
      break;
  }
  return "for tests";
}

std::string_view GroupOf(const SettingDeclaration& declaration) {
  return declaration.name.substr(0, declaration.name.find('.'));
}

std::string DefaultText(const SettingDeclaration& declaration) {
  return FormatSettingValue(declaration, DefaultValue(declaration));
}

/// '|' ends a table's cell.
std::string EscapeCell(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    if (c == '|') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

std::string TomlValue(const SettingDeclaration& declaration) {
  const std::string text = DefaultText(declaration);
  const bool bare = declaration.type == SettingType::kBool || declaration.type == SettingType::kInteger ||
                    declaration.type == SettingType::kReal;
  return bare ? text : fmt::format("\"{}\"", text);
}

}  // namespace

std::string SettingsReferencePage(std::span<const SettingTable> tables) {
  std::string page =
      "# Settings\n\nGenerated from the declarations; do not edit. A value comes from the default, the configuration "
      "file "
      "(`--config`),\nthe environment (`CELLAR_` and the name in capitals, `_` for `.`), or `--set NAME=VALUE`; the "
      "later "
      "wins.\n";
  std::string_view group;
  for (const SettingDeclaration* declaration : SortedByName(tables)) {
    if (GroupOf(*declaration) != group) {
      group = GroupOf(*declaration);
      page += fmt::format("\n## {}\n\n| Name | Default | Bounds | Stability | Why |\n|---|---|---|---|---|\n", group);
    }
    const std::string by_default = DefaultText(*declaration);
    page += fmt::format("| `{}` | {} | {} | {} | {} |\n", declaration->name,
                        by_default.empty() ? "" : fmt::format("`{}`", EscapeCell(by_default)),
                        EscapeCell(DescribeBounds(*declaration)), StabilityName(declaration->stability),
                        EscapeCell(declaration->why));
  }
  return page;
}

std::string SampleConfig(std::span<const SettingTable> tables) {
  std::string sample =
      "# Cellar's configuration with every setting at its default. Remove the '#' of a line to change it.\n";
  for (const SettingDeclaration* declaration : SortedByName(tables)) {
    if (declaration->stability == SettingStability::kTestOnly) continue;
    const std::string bounds = DescribeBounds(*declaration);
    sample += fmt::format("\n# {}{}\n# {} = {}\n", declaration->why, bounds.empty() ? "" : fmt::format(" ({})", bounds),
                          declaration->name, TomlValue(*declaration));
  }
  return sample;
}

}  // namespace cellar::common
