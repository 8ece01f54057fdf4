#include "common/config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "common/base/check.h"
#include "common/config/toml_file.h"

namespace cellar::common {
namespace {

constexpr std::string_view kEnvironmentPrefix = "CELLAR_";

std::string EnvironmentName(std::string_view setting_name) {
  std::string name(kEnvironmentPrefix);
  for (char c : setting_name) {
    if (c == '.') {
      name.push_back('_');
    } else {
      name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
  }
  return name;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

Result<Settings> Settings::Load(const SettingSources& sources) {
  Settings settings;
  for (SettingTable table : sources.tables) {
    for (const SettingDeclaration* declaration : table) {
      settings.all_.push_back({declaration, DefaultValue(*declaration), "default"});
    }
  }
  auto by_name = [](const ResolvedSetting& a, const ResolvedSetting& b) {
    return a.declaration->name < b.declaration->name;
  };
  std::sort(settings.all_.begin(), settings.all_.end(), by_name);
  auto same_name = [](const ResolvedSetting& a, const ResolvedSetting& b) {
    return a.declaration->name == b.declaration->name;
  };
  CHECK(std::adjacent_find(settings.all_.begin(), settings.all_.end(), same_name) == settings.all_.end());

  RETURN_IF_ERROR(settings.AssignFile(sources));
  RETURN_IF_ERROR(settings.AssignEnvironment(sources));
  for (const std::string& text : sources.overrides) RETURN_IF_ERROR(settings.AssignOverride(text));
  return settings;
}

const ResolvedSetting& Settings::Find(const SettingDeclaration& declaration) const {
  const ResolvedSetting* found = const_cast<Settings*>(this)->FindByName(declaration.name);
  CHECK(found != nullptr);
  return *found;
}

ResolvedSetting* Settings::FindByName(std::string_view name) {
  auto found = std::lower_bound(all_.begin(), all_.end(), name,
                                [](const ResolvedSetting& a, std::string_view b) { return a.declaration->name < b; });
  return found != all_.end() && found->declaration->name == name ? &*found : nullptr;
}

std::string_view Settings::NearestName(std::string_view name) const {
  size_t best_distance = std::string_view::npos;
  std::string_view best;
  for (const ResolvedSetting& candidate : all_) {
    const std::string_view known = candidate.declaration->name;
    // A name without its folder ("fragment_bytes") is as near as can be.
    const size_t distance =
        known.ends_with(name) && !name.empty() ? 1 : EditDistance(name.substr(0, 2 * known.size()), known);
    if (distance < best_distance) {
      best_distance = distance;
      best = known;
    }
  }
  return best_distance <= std::max<size_t>(2, best.size() / 2) ? best : std::string_view();
}

Status Settings::Assign(std::string_view name, std::string_view text, std::string_view source) {
  ResolvedSetting* setting = FindByName(name);
  if (setting == nullptr) {
    const std::string_view nearest = NearestName(name);
    return InvalidArgument(fmt::format("{}: there is no setting '{}'{}", source, name,
                                       nearest.empty() ? "" : fmt::format("; the nearest is '{}'", nearest)));
  }
  Result<SettingValue> value = ParseSettingValue(*setting->declaration, text);
  if (!value.ok()) return std::move(value).status().WithContext(fmt::format("{}: {}", source, name));
  setting->value = std::move(value).value();
  setting->source = source;
  return OkStatus();
}

Status Settings::AssignFile(const SettingSources& sources) {
  ASSIGN_OR_RETURN(const std::vector<TomlEntry> entries, ParseToml(sources.config_name, sources.config_text));
  for (const TomlEntry& entry : entries) {
    const std::string source = fmt::format("{}:{}", sources.config_name, entry.line);
    const ResolvedSetting* setting = FindByName(entry.name);
    if (setting != nullptr && setting->declaration->type == SettingType::kText && !entry.quoted) {
      return InvalidArgument(fmt::format("{}: {}: {} must be in quotes", source, entry.name, entry.text));
    }
    RETURN_IF_ERROR(Assign(entry.name, entry.text, source));
  }
  return OkStatus();
}

Status Settings::AssignEnvironment(const SettingSources& sources) {
  for (const std::string& variable : sources.environment) {
    if (!variable.starts_with(kEnvironmentPrefix)) continue;
    const size_t equals = std::min(variable.find('='), variable.size());
    const std::string name = variable.substr(0, equals);
    const std::vector<std::string>& ignored = sources.environment_ignored;
    if (std::find(ignored.begin(), ignored.end(), name) != ignored.end()) continue;
    auto found = std::find_if(all_.begin(), all_.end(), [&name](const ResolvedSetting& setting) {
      return EnvironmentName(setting.declaration->name) == name;
    });
    if (found == all_.end()) {
      std::string guess = name.substr(kEnvironmentPrefix.size());
      for (char& c : guess) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      const std::string_view nearest = NearestName(guess);
      return InvalidArgument(fmt::format("environment: {} is not a setting{}", name,
                                         nearest.empty() ? "" : "; the nearest is " + EnvironmentName(nearest)));
    }
    const std::string value = equals < variable.size() ? variable.substr(equals + 1) : std::string();
    RETURN_IF_ERROR(Assign(found->declaration->name, value, name));
  }
  return OkStatus();
}

Status Settings::AssignOverride(std::string_view override_text) {
  const size_t equals = override_text.find('=');
  if (equals == std::string_view::npos) {
    return InvalidArgument(fmt::format("--set {}: expected NAME=VALUE", override_text));
  }
  return Assign(override_text.substr(0, equals), override_text.substr(equals + 1), "--set");
}

}  // namespace cellar::common
