#include "hql/shell/meta_command.h"

#include <algorithm>

#include "hql/lexer.h"

namespace cellar::hql {

namespace {

using Kind = MetaCommand::Kind;

struct Word {
  std::string_view text;
  Kind kind;
  bool takes_argument;
};

constexpr Word kWords[] = {
    {"help", Kind::kHelp, true},     {"\\h", Kind::kHelp, true},      {"?", Kind::kHelp, true},
    {"quit", Kind::kQuit, false},    {"\\q", Kind::kQuit, false},     {"exit", Kind::kQuit, true},
    {"print", Kind::kPrint, false},  {"\\p", Kind::kPrint, false},    {"clear", Kind::kClear, false},
    {"\\c", Kind::kClear, false},    {"source", Kind::kSource, true}, {".", Kind::kSource, true},
    {"system", Kind::kSystem, true}, {"\\!", Kind::kSystem, true},    {"pause", Kind::kPause, true},
};

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

}  // namespace cellar::hql
