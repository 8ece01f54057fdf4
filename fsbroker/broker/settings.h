#pragma once

#include "common/config/setting.h"
#include "fsbroker/wire/protocol.h"

namespace cellar::fsbroker {

inline constexpr auto kPortSetting =
    common::IntegerSetting("fsbroker.port", kDefaultPort, 0, 65535, "where the broker listens; 0 takes a free port");
inline constexpr auto kMaxConnectionsSetting = common::IntegerSetting(
    "fsbroker.max_connections", 256, 1, 4096, "each costs a thread and up to 2 MiB; further ones are turned away");
inline constexpr auto kMaxOpenFilesSetting = common::IntegerSetting(
    "fsbroker.max_open_files", 8192, 16, 1'000'000,
    "beyond it the reader that was not used for longest is closed, and opened again when it is wanted");
inline constexpr auto kLeaseSetting =
    common::DurationSetting("fsbroker.lease_ms", 10 * kSecond, kSecond, 600 * kSecond,
                            "how long files stay open for writing after the last connection of their writer broke");

inline constexpr const SettingDeclaration* kBrokerSettings[] = {&kPortSetting, &kMaxConnectionsSetting,
                                                                &kMaxOpenFilesSetting, &kLeaseSetting};

}  // namespace cellar::fsbroker
