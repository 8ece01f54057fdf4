#include "hql/shell/shell_settings.h"

#include "hql/lexer.h"

namespace cellar::hql {

namespace {

/// "on" or "off" into `value`.
Status SetSwitch(std::string_view command, std::string_view argument, bool* value) {
  if (EqualsIgnoringCase(argument, "on")) {
    *value = true;
  } else if (EqualsIgnoringCase(argument, "off")) {
    *value = false;
  } else {
    return common::InvalidArgument(std::string(command) + " takes on or off, not '" + std::string(argument) + "'");
  }
  return Status();
}

std::string OnOrOff(bool value) {
  return value ? "on" : "off";
}

}  // namespace

Result<std::string> SetFormat(std::string_view argument, ShellSettings* settings) {
  if (!argument.empty()) {
    const std::optional<OutputFormat> format = ParseOutputFormat(argument);
    if (!format) {
      return common::InvalidArgument("\\format takes table, tsv, csv, json or vertical, not '" + std::string(argument) +
                                     "'");
    }
    settings->format = *format;
  }
  return "format: " + std::string(OutputFormatName(settings->format));
}

Result<std::string> SetTiming(std::string_view argument, ShellSettings* settings) {
  bool timing = settings->timing.value_or(true);
  if (!argument.empty()) {
    RETURN_IF_ERROR(SetSwitch("\\timing", argument, &timing));
    settings->timing = timing;
  }
  return "timing: " + OnOrOff(timing);
}

Result<std::string> SetPager(std::string_view argument, ShellSettings* settings) {
  if (!argument.empty()) RETURN_IF_ERROR(SetSwitch("\\pager", argument, &settings->pages));
  if (!settings->pages) return std::string("pager: off");
  if (settings->pager.empty()) return std::string("pager: none found; the environment's PAGER names one");
  return "pager: on, " + settings->pager;
}

}  // namespace cellar::hql
