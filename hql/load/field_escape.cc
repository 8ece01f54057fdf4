#include "hql/load/field_escape.h"

#include <algorithm>

namespace cellar::hql {

namespace {

/// What comes after the backslash for `c`; NUL when it is not escaped.
char EscapeLetter(char c, char separator) {
  switch (c) {
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\0':
      return '0';
    case '\\':
      return '\\';
    default:
      break;
  }
  if (c != separator) return '\0';
  return c == '\t' ? 't' : c;
}

}  // namespace

void AppendEscapedField(std::string_view bytes, char separator, std::string* out) {
  size_t plain = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    const char letter = EscapeLetter(bytes[at], separator);
    if (letter == '\0') continue;
    out->append(bytes.substr(plain, at - plain));
    out->push_back('\\');
    out->push_back(letter);
    plain = at + 1;
  }
  out->append(bytes.substr(plain));
}

void AppendUnescapedField(std::string_view field, char separator, std::string* out) {
  while (true) {
    const size_t backslash = field.find('\\');
    if (backslash == std::string_view::npos || backslash + 1 == field.size()) break;
    out->append(field.substr(0, backslash));
    const char letter = field[backslash + 1];
    field.remove_prefix(backslash + 2);
    switch (letter) {
      case 'n':
        out->push_back('\n');
        break;
      case 'r':
        out->push_back('\r');
        break;
      case 't':
        out->push_back('\t');
        break;
      case '0':
        out->push_back('\0');
        break;
      case '\\':
        out->push_back('\\');
        break;
      default:
        if (letter != separator) out->push_back('\\');
        out->push_back(letter);
    }
  }
  out->append(field);
}

void SplitFields(std::string_view line, char separator, bool escaped, std::vector<std::string_view>* fields) {
  fields->clear();
  const bool skip_escaped = escaped && separator != '\t';
  size_t begin = 0;
  size_t at = 0;
  while (true) {
    at = line.find(separator, at);
    if (at == std::string_view::npos) break;
    if (skip_escaped) {  // an odd number of backslashes before it
      const size_t last_other = line.substr(begin, at - begin).find_last_not_of('\\');
      const size_t backslashes = last_other == std::string_view::npos ? at - begin : at - begin - last_other - 1;
      if (backslashes % 2 == 1) {
        ++at;
        continue;
      }
    }
    fields->push_back(line.substr(begin, at - begin));
    begin = ++at;
  }
  fields->push_back(line.substr(begin));
}

}  // namespace cellar::hql
