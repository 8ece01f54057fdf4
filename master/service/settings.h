#pragma once

#include "common/config/setting.h"
#include "common/config/settings.h"
#include "master/cluster/master_seams.h"

namespace cellar::master {

inline constexpr auto kPortSetting =
    common::IntegerSetting("master.port", 15864, 0, 65535, "where the master listens; 0 takes a free port");
inline constexpr auto kLeaseSetting =
    common::DurationSetting("master.lease_ms", 10 * kSecond, kSecond, 600 * kSecond,
                            "how long a silent master stays the active one; shorter lets a standby take over sooner");
inline constexpr auto kGarbageIntervalSetting =
    common::DurationSetting("master.garbage_interval_ms", 300 * kSecond, kSecond, 24 * 3600 * kSecond,
                            "between two looks for files that nothing names; there is one after each recovery too");

inline constexpr const SettingDeclaration* kMasterSettings[] = {&kPortSetting, &kLeaseSetting,
                                                                &kGarbageIntervalSetting};

/// Options with what the settings say; the address is left to the caller.
inline MasterOptions OptionsFrom(const Settings& settings) {
  MasterOptions options;
  options.lease = settings.Get(kLeaseSetting);
  options.garbage_interval = settings.Get(kGarbageIntervalSetting);
  return options;
}

}  // namespace cellar::master
