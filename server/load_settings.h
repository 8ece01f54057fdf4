#pragma once

#include <string>
#include <vector>

#include "common/config/settings.h"

namespace cellar::server {

/// What the command line says about settings.
struct SettingArguments {
  std::vector<SettingTable> tables;
  std::string config_path;             ///< Empty: no file.
  std::vector<std::string> overrides;  ///< One for each --set.
};

/// Settings of this process: reads the file and the process's environment. kNotFound or kIoError naming the path when
/// the file cannot be read; else as Settings::Load.
Result<Settings> LoadSettings(SettingArguments arguments);

}  // namespace cellar::server
