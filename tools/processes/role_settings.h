#pragma once

#include "common/config/setting.h"
#include "fsbroker/broker/settings.h"
#include "fsbroker/client/settings.h"
#include "lockservice/settings.h"
#include "master/service/settings.h"
#include "rangeserver/service/settings.h"
#include "server/settings.h"
#include "thrift/gateway/settings.h"

namespace cellar::tools {

// Which settings each command that runs roles knows.

inline constexpr SettingTable kStartSettings[] = {server::kServerSettings, lockservice::kServedSettings,
                                                  master::kMasterSettings, rangeserver::kRangeServerSettings,
                                                  thrift::kGatewaySettings};
inline constexpr SettingTable kMasterProcessSettings[] = {server::kServerSettings, lockservice::kClientSettings,
                                                          fsbroker::kFilesSettings, master::kMasterSettings};
inline constexpr SettingTable kRangeServerProcessSettings[] = {
    server::kServerSettings, lockservice::kClientSettings, fsbroker::kFilesSettings, rangeserver::kRangeServerSettings};
inline constexpr SettingTable kLockServiceProcessSettings[] = {server::kServerSettings, lockservice::kServedSettings};

inline constexpr SettingTable kGatewayProcessSettings[] = {server::kServerSettings, lockservice::kClientSettings,
                                                           thrift::kGatewaySettings};
inline constexpr SettingTable kBrokerProcessSettings[] = {server::kServerSettings, fsbroker::kBrokerSettings};

/// All there are: the reference page, and what one file for all roles may say.
inline constexpr SettingTable kAllSettings[] = {server::kServerSettings,           lockservice::kClientSettings,
                                                lockservice::kServedSettings,      fsbroker::kFilesSettings,
                                                fsbroker::kBrokerSettings,         master::kMasterSettings,
                                                rangeserver::kRangeServerSettings, thrift::kGatewaySettings};

}  // namespace cellar::tools
