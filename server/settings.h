#pragma once

#include "common/config/setting.h"
#include "server/endpoints.h"

namespace cellar::server {

inline constexpr auto kAddressSetting = common::TextSetting(
    "server.address", "127.0.0.1",
    "where all ports listen; there is no authentication, so anything but loopback opens the data to the network");
inline constexpr auto kAnnouncedHostSetting = common::TextSetting(
    "server.announced_host", "", "the name or address by which others reach this machine; empty: server.address");
inline constexpr auto kPidFileSetting =
    common::TextSetting("server.pid_file", "", "holds the process's id while it runs; empty: none");
inline constexpr auto kHttpPortSetting =
    common::IntegerSetting("server.http.port", kHttpPort, 0, 65535, "status pages and metrics; 0 takes a free port");
inline constexpr auto kHttpConnectionsSetting =
    common::IntegerSetting("server.http.max_connections", 64, 1, 4096,
                           "at the bound the oldest connection gives way; each costs a descriptor");
inline constexpr auto kLogLevelSetting = common::ChoiceSetting("server.log.level", "info", "debug|info|warning|error",
                                                               "the least important lines that are written");
inline constexpr auto kLogStyleSetting =
    common::ChoiceSetting("server.log.style", "text", "text|json", "lines for people or for programs");
inline constexpr auto kLogFileSetting =
    common::TextSetting("server.log.file", "", "appended to; empty: standard error");
inline constexpr auto kLogRepeatsSetting =
    common::IntegerSetting("server.log.repeats_per_second", 20, 1, 1'000'000,
                           "more lines of one message than this in a second are only counted");
inline constexpr auto kInduceFailureSetting = common::TextSetting(
    "server.induce_failure", "", "fault plans, see docs/internals/faults.md", common::SettingStability::kTestOnly);

inline constexpr const SettingDeclaration* kServerSettings[] = {
    &kAddressSetting,  &kAnnouncedHostSetting, &kPidFileSetting, &kHttpPortSetting,   &kHttpConnectionsSetting,
    &kLogLevelSetting, &kLogStyleSetting,      &kLogFileSetting, &kLogRepeatsSetting, &kInduceFailureSetting};

}  // namespace cellar::server
