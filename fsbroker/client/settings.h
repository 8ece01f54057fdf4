#pragma once

#include "common/config/setting.h"
#include "common/config/settings.h"
#include "fsbroker/client/broker_options.h"

namespace cellar::fsbroker {

inline constexpr auto kDataUrlSetting =
    common::TextSetting("files.data_url", "broker://127.0.0.1:15863", "where tables are kept: broker://host:port");
inline constexpr auto kLogUrlSetting =
    common::TextSetting("files.log_url", "broker://127.0.0.1:15863",
                        "where logs are kept, which may be other storage: each write waits for one sync of it");
inline constexpr auto kCallTimeoutSetting =
    common::DurationSetting("files.broker.call_timeout_ms", 20 * kSecond, 100 * kMillisecond, 600 * kSecond,
                            "a call that a broker does not answer for so long fails, its outcome unknown");
inline constexpr auto kReconnectWaitSetting = common::DurationSetting(
    "files.broker.reconnect_wait_ms", 5 * kSecond, 0, 600 * kSecond,
    "so long a call waits for a broker that is away, before it fails; longer hides a restart from more callers");
inline constexpr auto kConnectionsSetting = common::IntegerSetting(
    "files.broker.connections", 16, 1, 256, "calls under way at once to one broker; each costs it a thread");

inline constexpr const SettingDeclaration* kFilesSettings[] = {&kDataUrlSetting, &kLogUrlSetting, &kCallTimeoutSetting,
                                                               &kReconnectWaitSetting, &kConnectionsSetting};

/// All but address and client.
inline BrokerOptions BrokerOptionsFrom(const Settings& settings) {
  BrokerOptions options;
  options.call_timeout = settings.Get(kCallTimeoutSetting);
  options.reconnect_wait = settings.Get(kReconnectWaitSetting);
  options.max_connections = static_cast<size_t>(settings.Get(kConnectionsSetting));
  return options;
}

}  // namespace cellar::fsbroker
