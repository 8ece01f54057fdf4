#pragma once

#include <span>
#include <string>

#include "common/config/setting.h"

namespace cellar::common {

// What people read about settings, generated from the declarations so that it cannot be wrong.

/// docs/reference/settings.md: one table a group (first part of the name), in order of names.
std::string SettingsReferencePage(std::span<const SettingTable> tables);

/// A configuration file in which every setting stands as a comment with its default; test-only ones are left out.
std::string SampleConfig(std::span<const SettingTable> tables);

}  // namespace cellar::common
