#pragma once

#include "common/config/setting.h"

namespace cellar::lockservice {

inline constexpr auto kUrlSetting = common::TextSetting(
    "lockservice.url", "cellar://127.0.0.1:15861",
    "cellar://host:port an embedded one of another process; zookeeper://host:port,host:port/path a ZooKeeper");
inline constexpr auto kPasswordFileSetting = common::TextSetting(
    "lockservice.password_file", "",
    "holds in its first line what guards this cluster's znodes in ZooKeeper; only the cluster's user may read it");
inline constexpr auto kPortSetting = common::IntegerSetting(
    "lockservice.port", 15861, 0, 65535, "where an embedded one is served to others; 0 takes a free port");

/// Of those who ask a lock service.
inline constexpr const SettingDeclaration* kClientSettings[] = {&kUrlSetting, &kPasswordFileSetting};
/// Of the one that serves an embedded one.
inline constexpr const SettingDeclaration* kServedSettings[] = {&kPortSetting};

}  // namespace cellar::lockservice
