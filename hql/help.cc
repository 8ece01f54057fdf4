#include "hql/help.h"

#include <fmt/format.h>

#include <vector>

#include "hql/grammar.h"
#include "hql/lexer.h"

namespace cellar::hql {

namespace {

constexpr size_t kLineWidth = 98;

/// `text` broken at blanks, each line after `indent` blanks.
std::string Wrap(std::string_view text, size_t indent) {
  std::string lines;
  std::string line;
  const auto flush = [&] {
    lines += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && indent + line.size() + 1 + word.size() > kLineWidth) flush();
    if (!line.empty()) line += ' ';
    line += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!line.empty()) flush();
  return lines;
}

std::string Indent(std::string_view text, std::string_view by) {
  std::string lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines += fmt::format("{}{}\n", by, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string EntryText(const StatementEntry& entry) {
  std::string text = fmt::format("{}: {}\n\n", entry.topic, entry.summary);
  text += Indent(entry.syntax, "  ");
  if (!entry.text.empty()) text += "\n" + Wrap(entry.text, 0);
  if (!entry.options.empty()) text += "\nOptions:\n";
  for (const OptionEntry& option : entry.options) {
    text += fmt::format("  {}\n{}", option.syntax, Wrap(option.meaning, 6));
  }
  if (!entry.examples.empty()) text += "\nExamples:\n";
  for (const std::string_view example : entry.examples) text += Indent(fmt::format("{};", example), "  ");
  return text;
}

std::string Overview() {
  std::string text = "Statements end with ';'. HELP and a name tells more.\n\n";
  for (const StatementEntry& entry : Statements()) text += fmt::format("  {:<22}{}\n", entry.topic, entry.summary);
  text += "\nSubjects:\n\n";
  for (const StatementEntry& entry : Subjects()) text += fmt::format("  {:<22}{}\n", entry.topic, entry.summary);
  return text;
}

/// Whether `topic` is the beginning of the entry's name, or of one of its words.
bool Matches(const StatementEntry& entry, std::string_view topic) {
  for (size_t at = 0; at != std::string_view::npos;) {
    const std::string_view rest = entry.topic.substr(at);
    if (rest.size() >= topic.size() && EqualsIgnoringCase(rest.substr(0, topic.size()), topic)) return true;
    const size_t blank = entry.topic.find(' ', at);
    at = blank == std::string_view::npos ? blank : blank + 1;
  }
  return false;
}

std::vector<const StatementEntry*> Find(std::string_view topic) {
  std::vector<const StatementEntry*> found;
  for (const auto entries : {Statements(), Subjects()}) {
    for (const StatementEntry& entry : entries) {
      if (EqualsIgnoringCase(entry.topic, topic)) return {&entry};
      if (Matches(entry, topic)) found.push_back(&entry);
    }
  }
  return found;
}

std::string EscapeCell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '*') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string Section(const StatementEntry& entry) {
  std::string text = fmt::format("### {}\n\n{}.\n\n```\n{}\n```\n\n", entry.topic, entry.summary, entry.syntax);
  text[text.find('\n') + 2] =
      static_cast<char>(entry.summary[0] >= 'a' ? entry.summary[0] - 'a' + 'A' : entry.summary[0]);
  if (!entry.text.empty()) text += EscapeCell(entry.text) + "\n\n";
  if (!entry.options.empty()) text += "| Option | Meaning |\n|---|---|\n";
  for (const OptionEntry& option : entry.options) {
    std::string syntax;
    for (const char c : option.syntax) syntax += c == '|' ? std::string("\\|") : std::string(1, c);
    text += fmt::format("| `{}` | {} |\n", syntax, EscapeCell(option.meaning));
  }
  if (!entry.options.empty()) text += "\n";
  if (!entry.examples.empty()) text += "```sql\n";
  for (const std::string_view example : entry.examples) text += fmt::format("{};\n", example);
  if (!entry.examples.empty()) text += "```\n\n";
  return text;
}

constexpr std::string_view kPageHead = R"(# HQL

Generated from `hql/grammar.cc`: `hql_test` fails when this page differs, and writes it with CELLAR_REWRITE_GOLDEN=1.

In the syntax lines `[]` is optional, `{}` may be repeated, `|` is a choice, words in capitals stand for themselves in
any case. In the shell a statement ends with `;`.

)";

constexpr std::string_view kDifferences = R"(## Differences

What the language of Hypertable 0.9.8 does otherwise:

| Subject | Here |
|---|---|
| Strings | `\\ \' \" \n \r \t \0 \xHH` are decoded, and exactly one pair of quotes is taken off |
| `DELETE` | the kind of delete is chosen for each column; a family with TIMESTAMP is hidden as a whole |
| `ROW > 'a' AND ROW < 'c'` | is the interval between; several ROW conditions with OR are a union, each row once |
| AND and OR | have real precedence and parentheses; conditions on columns decide on whole rows, VALUE REGEXP too beside them under OR; CELL and ROW go under one OR |
| `SELECT *` with a condition on a column | returns all families of the matching rows; an explicit list need not name the condition's families |
| `'x' >= CELL`, `'t' = TIMESTAMP` | work |
| Files of this machine | are the shell's; a gateway refuses them, or has them below its import root |
| Families with `-` in their names | may be named everywhere, in quotes |
| LIMIT, OFFSET, CELL_LIMIT, CELL_OFFSET | count over the whole result and go together |
| LOAD DATA | is synced before it reports success; an empty field of the first column makes no cell |
| LOAD DATA, lines that end in DELETE | are a row's, a family's or a cell's as their column says: none, `family`, `family:` or `family:qualifier` |
| LOAD DATA INTO FILE | prints qualifiers |
| SELECT INTO FILE, DUMP TABLE | `\r` is escaped too, and the separator when it is no tab |
| DUMP TABLE | is in the order of rows |
| Compressors | lz4 and zstd as well; `bmz` means zstd, `lzo` and `quicklz` mean lz4, with a warning |
| DURABILITY | is a table option |
| Times | may have a zone |
| Errors | say line, column, what was found and what was expected |
| BALANCE, STOP, SHUTDOWN | are read and checked; there is one range server, or servers are moved by ending their processes |
| SET | READONLY is the only variable. It is not set by itself: a server whose disk is full refuses writes for as long as that lasts |
| EXPLAIN, SHOW QUERIES, KILL, SHOW MAINTENANCE | are added; WAIT FOR MAINTENANCE is a statement of this shell too |
| `t^.cellstore.index` | tells exact numbers of each block, under its first row |
)";

}  // namespace

std::string HelpText(std::string_view topic) {
  if (topic.empty()) return Overview();
  const std::vector<const StatementEntry*> found = Find(topic);
  if (found.empty()) return fmt::format("No help on '{}'.\n\n{}", topic, Overview());
  if (found.size() == 1) return EntryText(*found[0]);
  std::string text;
  for (const StatementEntry* entry : found) text += fmt::format("  {:<22}{}\n", entry->topic, entry->summary);
  return text;
}

std::string ReferencePage() {
  std::string page(kPageHead);
  page += "## Statements\n\n";
  for (const StatementEntry& entry : Statements()) page += Section(entry);
  page += "## Subjects\n\n";
  for (const StatementEntry& entry : Subjects()) page += Section(entry);
  return page + std::string(kDifferences);
}

}  // namespace cellar::hql
