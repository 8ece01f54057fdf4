#pragma once

#include "common/config/setting.h"
#include "master/service/settings.h"
#include "rangeserver/service/settings.h"
#include "server/settings.h"

namespace cellar::tools {

/// The settings of `cellar start`: those of all its roles.
inline constexpr SettingTable kStartSettings[] = {server::kServerSettings, master::kMasterSettings,
                                                  rangeserver::kRangeServerSettings};

}  // namespace cellar::tools
