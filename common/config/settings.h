#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/config/setting.h"
#include "common/config/setting_value.h"

namespace cellar::common {

/// Where values come from. A later source wins: defaults, configuration file, environment, overrides.
struct SettingSources {
  std::vector<SettingTable> tables;              ///< All settings there are. Each name is declared once (CHECK).
  std::string config_name;                       ///< For messages: the path of the file.
  std::string config_text;                       ///< TOML; empty when there is no file.
  std::vector<std::string> environment;          ///< "NAME=VALUE" as environ has them; only CELLAR_… is looked at.
  std::vector<std::string> environment_ignored;  ///< CELLAR_… names that are not settings.
  std::vector<std::string> overrides;            ///< "name=value", one for each --set.
};

/// A setting with its value and where that came from: "default", "cellar.toml:12", "CELLAR_LOG_LEVEL" or "--set".
struct ResolvedSetting {
  const SettingDeclaration* declaration = nullptr;
  SettingValue value;
  std::string source;
};

/// The values of all declared settings, read once at the start of a process and then passed by reference. A plain
/// value: copies are independent; const calls are thread-safe.
///
/// In the environment `rangeserver.log.fragment_bytes` is CELLAR_RANGESERVER_LOG_FRAGMENT_BYTES.
class Settings {
 public:
  /// kInvalidArgument for malformed TOML, an unknown name or a value that does not parse or is out of bounds. The
  /// message names source and line, the setting, the bound, and for an unknown name the nearest known one.
  static Result<Settings> Load(const SettingSources& sources);

  /// The declaration must be in the tables that were loaded (CHECK). About 50 ns: read it once, keep the value.
  bool Get(const Setting<bool>& setting) const { return Find(setting).value.number != 0; }
  int64_t Get(const Setting<int64_t>& setting) const { return Find(setting).value.number; }
  double Get(const Setting<double>& setting) const { return Find(setting).value.real; }
  const std::string& Get(const Setting<std::string_view>& setting) const { return Find(setting).value.text; }

  /// In order of their names.
  const std::vector<ResolvedSetting>& all() const { return all_; }

 private:
  Settings() = default;
  const ResolvedSetting& Find(const SettingDeclaration& declaration) const;
  ResolvedSetting* FindByName(std::string_view name);
  std::string_view NearestName(std::string_view name) const;
  Status Assign(std::string_view name, std::string_view text, std::string_view source);
  Status AssignFile(const SettingSources& sources);
  Status AssignEnvironment(const SettingSources& sources);
  Status AssignOverride(std::string_view override_text);

  std::vector<ResolvedSetting> all_;
};

}  // namespace cellar::common

namespace cellar {
using common::Settings;
using common::SettingSources;
}  // namespace cellar
