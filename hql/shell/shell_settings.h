#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "hql/shell/output_format.h"

namespace cellar::hql {

/// What the user can change while the shell runs.
struct ShellSettings {
  OutputFormat format = OutputFormat::kTsv;
  std::optional<bool> timing;  ///< On or off by \timing; else as the shell sees fit.
  std::string pager;           ///< A command; empty: none.
  bool pages = true;           ///< Off by \pager off.

  ShellSettings() = default;
};

// \format, \timing and \pager: each changes what its argument says, or tells how it is without one. What to say to the
// user; kInvalidArgument for another argument.

Result<std::string> SetFormat(std::string_view argument, ShellSettings* settings);
Result<std::string> SetTiming(std::string_view argument, ShellSettings* settings);
Result<std::string> SetPager(std::string_view argument, ShellSettings* settings);

}  // namespace cellar::hql
