#include "hql/shell/meta_command.h"

#include <algorithm>
#include <iterator>

#include "hql/lexer.h"
#include "hql/shell/output_format.h"

namespace cellar::hql {

namespace {

using Kind = MetaCommand::Kind;

struct Word {
  std::string_view text;
  Kind kind;
  bool takes_argument;
};

constexpr Word kWords[] = {
    {"help", Kind::kHelp, true},     {"\\h", Kind::kHelp, true},        {"?", Kind::kHelp, true},
    {"quit", Kind::kQuit, false},    {"\\q", Kind::kQuit, false},       {"exit", Kind::kQuit, true},
    {"print", Kind::kPrint, false},  {"\\p", Kind::kPrint, false},      {"clear", Kind::kClear, false},
    {"\\c", Kind::kClear, false},    {"source", Kind::kSource, true},   {".", Kind::kSource, true},
    {"system", Kind::kSystem, true}, {"\\!", Kind::kSystem, true},      {"pause", Kind::kPause, true},
    {"\\?", Kind::kCommands, false}, {"\\format", Kind::kFormat, true}, {"\\timing", Kind::kTiming, true},
    {"\\pager", Kind::kPager, true},
};

/// The arguments that are known beforehand.
std::vector<std::string_view> ArgumentsOf(Kind kind) {
  if (kind == Kind::kTiming || kind == Kind::kPager) return {"off", "on"};
  if (kind == Kind::kFormat) return {std::begin(kOutputFormatNames), std::end(kOutputFormatNames)};
  return {};
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

}  // namespace

std::optional<MetaCommand> ParseMetaCommand(std::string_view line) {
  line = Trim(line);
  size_t end = std::min(line.find_first_of(" \t;"), line.size());
  if (line.starts_with("?") && end > 1) end = 1;
  for (const Word& word : kWords) {
    if (!EqualsIgnoringCase(line.substr(0, end), word.text)) continue;
    MetaCommand command;
    command.kind = word.kind;
    std::string_view argument = Trim(line.substr(end));
    if (argument.ends_with(';') && word.kind != Kind::kSystem) argument = Trim(argument.substr(0, argument.size() - 1));
    if (!word.takes_argument && !argument.empty()) return std::nullopt;
    command.argument = std::string(argument);
    return command;
  }
  return std::nullopt;
}

std::optional<MetaCommand> ParseMetaCommandInside(std::string_view line) {
  std::optional<MetaCommand> command = ParseMetaCommand(line);
  if (!command || !command->argument.empty()) return std::nullopt;
  const bool counts = command->kind == Kind::kQuit || command->kind == Kind::kPrint || command->kind == Kind::kClear;
  return counts ? command : std::nullopt;
}

std::string MetaCommandHelp() {
  return R"(help [topic]    \h  ?   statements and what they take
\?                      this list
\format [format]         table, tsv, csv, json or vertical; without one: which it is
\timing [on|off]         how long each statement took
\pager [on|off]          answers longer than the screen go through $PAGER, else less
source file     .       run the statements of a file
system command  \!      run a command of the operating system
print           \p      show the statement typed so far
clear           \c      forget it
pause seconds           wait
quit            \q      leave; exit [status] does, too
)";
}

std::vector<std::string> CompleteMetaCommand(std::string_view line, size_t* replace_from) {
  std::vector<std::string> candidates;
  const size_t blank = line.find(' ');
  *replace_from = 0;
  if (blank == std::string_view::npos) {
    for (const Word& word : kWords) {
      const bool is_short = word.text.size() == 2;
      if (!is_short && word.text.starts_with(line)) candidates.emplace_back(word.text);
    }
    return candidates;
  }
  const std::string_view begun = line.substr(line.rfind(' ') + 1);
  *replace_from = line.size() - begun.size();
  const std::optional<MetaCommand> command = ParseMetaCommand(line.substr(0, blank));
  if (!command) return candidates;
  for (const std::string_view argument : ArgumentsOf(command->kind)) {
    if (argument.starts_with(begun)) candidates.emplace_back(argument);
  }
  return candidates;
}

}  // namespace cellar::hql
