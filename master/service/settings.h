#pragma once

#include "common/config/setting.h"
#include "common/config/settings.h"
#include "master/cluster/master_seams.h"

namespace cellar::master {

inline constexpr auto kGarbageIntervalSetting =
    common::DurationSetting("master.garbage_interval_ms", 300 * kSecond, kSecond, 24 * 3600 * kSecond,
                            "between two looks for files that nothing names; there is one after each recovery too");

inline constexpr const SettingDeclaration* kMasterSettings[] = {&kGarbageIntervalSetting};

/// Options with what the settings say; the address is left to the caller.
inline MasterOptions OptionsFrom(const Settings& settings) {
  MasterOptions options;
  options.garbage_interval = settings.Get(kGarbageIntervalSetting);
  return options;
}

}  // namespace cellar::master
