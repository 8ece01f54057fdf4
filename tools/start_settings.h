#pragma once

#include "common/config/setting.h"
#include "fsbroker/broker/settings.h"
#include "fsbroker/client/settings.h"
#include "master/service/settings.h"
#include "rangeserver/service/settings.h"
#include "server/settings.h"

namespace cellar::tools {

/// The settings of `cellar start`: those of all its roles.
inline constexpr SettingTable kStartSettings[] = {server::kServerSettings, master::kMasterSettings,
                                                  rangeserver::kRangeServerSettings};

/// Every setting there is: those, and the ones of roles in processes of their own. For the reference page.
inline constexpr SettingTable kAllSettings[] = {server::kServerSettings, master::kMasterSettings,
                                                rangeserver::kRangeServerSettings, fsbroker::kBrokerSettings,
                                                fsbroker::kFilesSettings};

}  // namespace cellar::tools
