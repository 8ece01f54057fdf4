#include "hql/completion.h"

#include <algorithm>

#include "hql/grammar.h"
#include "hql/lexer.h"
#include "hql/parser.h"
#include "model/schema_text.h"

namespace cellar::hql {

namespace {

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool BeginsIgnoringCase(std::string_view word, std::string_view prefix) {
  return word.size() >= prefix.size() && EqualsIgnoringCase(word.substr(0, prefix.size()), prefix);
}

/// The word at the end, perhaps an open string.
struct LastWord {
  size_t begin = 0;       ///< Its first byte, a quote if it has one.
  char quote = '\0';      ///< Of an open string.
  std::string_view text;  ///< Without the quote.
};

LastWord FindLastWord(std::string_view text) {
  Lexer lexer(text);
  LastWord word;
  word.begin = text.size();
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    if (token.kind == TokenKind::kBad && (token.text[0] == '\'' || token.text[0] == '"')) {
      word.begin = token.offset;
      word.quote = token.text[0];
      word.text = token.text.substr(1);
      return word;
    }
  }
  while (word.begin > 0 && IsWordByte(text[word.begin - 1])) --word.begin;
  word.text = text.substr(word.begin);
  return word;
}

/// The table of a statement, for its families: the name after FROM, INTO, TABLE or UPDATE, wherever it stands.
std::string FindTable(std::string_view text) {
  Lexer lexer(text);
  bool is_next = false;
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    const bool is_keyword = token.kind == TokenKind::kWord &&
                            (EqualsIgnoringCase(token.text, "FROM") || EqualsIgnoringCase(token.text, "INTO") ||
                             EqualsIgnoringCase(token.text, "TABLE") || EqualsIgnoringCase(token.text, "UPDATE"));
    if (is_next && !is_keyword) {
      if (token.kind == TokenKind::kString) return DecodeString(token.text);
      if (token.kind == TokenKind::kWord) return std::string(token.text);
    }
    is_next = is_keyword;
  }
  return {};
}

/// Gathers candidates that begin with the last word.
class Candidates {
 public:
  Candidates(LastWord word, Completion* completion) : word_(word), completion_(*completion) {
    completion_.replace_from = word.begin;
    const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
    small_ = !word.text.empty() &&
             std::none_of(word.text.begin(), word.text.end(), [&](char c) { return c >= 'A' && c <= 'Z'; }) &&
             std::any_of(word.text.begin(), word.text.end(), is_small);
  }

  void AddKeyword(std::string_view keyword) {
    if (word_.quote != '\0' || !BeginsIgnoringCase(keyword, word_.text)) return;
    std::string candidate(keyword);
    if (small_) {
      for (char& c : candidate) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    completion_.candidates.push_back(std::move(candidate));
  }

  void AddNames(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (!name.starts_with(word_.text)) continue;
      const bool plain = word_.quote == '\0' && IsPlain(name);
      const char quote = word_.quote == '\0' ? '\'' : word_.quote;
      completion_.candidates.push_back(plain ? name
                                             : quote + name + (name.ends_with('/') ? "" : std::string(1, quote)));
    }
  }

  void Finish() {
    std::sort(completion_.candidates.begin(), completion_.candidates.end());
    completion_.candidates.erase(std::unique(completion_.candidates.begin(), completion_.candidates.end()),
                                 completion_.candidates.end());
  }

 private:
  /// Whether a name can be written without quotes.
  static bool IsPlain(const std::string& name) {
    return !name.empty() && name[0] != '_' && !(name[0] >= '0' && name[0] <= '9') &&
           std::all_of(name.begin(), name.end(), IsWordByte) && !IsReservedWord(name);
  }

  const LastWord word_;
  Completion& completion_;
  bool small_ = false;
};

}  // namespace

Completion Complete(std::string_view text, std::string_view after, NameSource& names) {
  Completion completion;
  const LastWord word = FindLastWord(text);
  Candidates candidates(word, &completion);
  for (const Expectation& expectation : ExpectedAfter(text.substr(0, word.begin))) {
    switch (expectation.kind) {
      case Expectation::Kind::kKeyword:
        candidates.AddKeyword(expectation.text);
        break;
      case Expectation::Kind::kTable:
        candidates.AddNames(names.Tables());
        break;
      case Expectation::Kind::kNamespace:
        candidates.AddNames(names.Namespaces());
        break;
      case Expectation::Kind::kFile:
        candidates.AddNames(names.Files(std::string(word.text)));
        break;
      case Expectation::Kind::kFamily:
        if (const std::string table = FindTable(std::string(text) + " " + std::string(after)); !table.empty())
          candidates.AddNames(names.Families(table));
        break;
      case Expectation::Kind::kTopic:
        for (const auto entries : {Statements(), Subjects()}) {
          for (const StatementEntry& entry : entries)
            candidates.AddKeyword(entry.topic.substr(0, entry.topic.find(' ')));
        }
        break;
      case Expectation::Kind::kSymbol:
      case Expectation::Kind::kOther:
        break;
    }
  }
  candidates.Finish();
  return completion;
}

std::string CommonPrefix(const std::vector<std::string>& candidates) {
  if (candidates.empty()) return {};
  std::string prefix = candidates.front();
  for (const std::string& candidate : candidates) {
    const auto [end, other] = std::mismatch(prefix.begin(), prefix.end(), candidate.begin(), candidate.end());
    prefix.erase(end, prefix.end());
  }
  return prefix;
}

}  // namespace cellar::hql
