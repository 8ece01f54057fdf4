#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cellar::hql {

/// A line that speaks to the shell instead of the database.
struct MetaCommand {
  enum class Kind : uint8_t {
    kHelp,
    kCommands,
    kQuit,
    kPrint,
    kClear,
    kSource,
    kSystem,
    kPause,
    kFormat,
    kTiming,
    kPager
  };

  Kind kind = Kind::kHelp;
  std::string argument;  ///< The rest of the line, without blanks around and a final ';'.

  MetaCommand() = default;
};

/// Reads a line that stands at the start of a statement: help \h ?, \?, quit \q exit, print \p, clear \c, source .,
/// system \!, pause, \format, \timing, \pager; words in any case. Nothing when it is none of them.
std::optional<MetaCommand> ParseMetaCommand(std::string_view line);

/// Of a line inside of a statement only these count, alone on it: quit \q, print \p, clear \c.
std::optional<MetaCommand> ParseMetaCommandInside(std::string_view line);

/// The commands for people: what \? prints and docs/reference/shell.md holds.
std::string MetaCommandHelp();

/// Completes a line that begins with a backslash: the command, or its argument where there are few. Whole words.
std::vector<std::string> CompleteMetaCommand(std::string_view line, size_t* replace_from);

}  // namespace cellar::hql
