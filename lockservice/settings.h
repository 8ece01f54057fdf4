#pragma once

#include "common/config/setting.h"
#include "lockservice/lease.h"

namespace cellar::lockservice {

inline constexpr auto kUrlSetting = common::TextSetting(
    "lockservice.url", "embedded:",
    "embedded: in this process; cellar://host:port the one of another process; zookeeper://host:port,host:port/path");
inline constexpr auto kPasswordFileSetting = common::TextSetting(
    "lockservice.password_file", "",
    "holds in its first line what guards this cluster's znodes in ZooKeeper; only the cluster's user may read it");
inline constexpr auto kPortSetting = common::IntegerSetting(
    "lockservice.port", 15861, 0, 65535, "where an embedded one is served to others; 0 takes a free port");
inline constexpr auto kLeaseSetting = common::DurationSetting(
    "lockservice.lease_ms", 10 * kSecond, kMinLease, kMaxLease,
    "a silent server is taken for dead after so long: shorter finds it sooner, longer forgives more pauses");

inline constexpr const SettingDeclaration* kLockServiceSettings[] = {&kUrlSetting, &kPasswordFileSetting, &kPortSetting,
                                                                     &kLeaseSetting};

}  // namespace cellar::lockservice
