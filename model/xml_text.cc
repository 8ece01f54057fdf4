#include "model/xml_text.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "model/error_codes.h"

namespace cellar::model {

namespace {

constexpr int kMaxDepth = 16;
constexpr std::string_view kBlanks = " \t\r\n";

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':';
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

void AppendUtf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

/// The character that "#65" or "#x41" stands for.
std::optional<uint32_t> NumberedCharacter(std::string_view name) {
  name.remove_prefix(1);
  const bool hex = name.starts_with('x');
  if (hex) name.remove_prefix(1);
  uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  const bool whole = error == std::errc() && end == name.data() + name.size();
  const bool is_character = code > 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  if (!whole || !is_character) return std::nullopt;
  return code;
}

bool AppendEntity(std::string_view name, std::string* out) {
  constexpr std::pair<std::string_view, char> kNamed[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [known, character] : kNamed) {
    if (name != known) continue;
    out->push_back(character);
    return true;
  }
  if (!name.starts_with('#')) return false;
  const std::optional<uint32_t> code = NumberedCharacter(name);
  if (code) AppendUtf8(*code, out);
  return code.has_value();
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text) {}

  Result<XmlElement> Read() {
    RETURN_IF_ERROR(SkipAround());
    if (!text_.substr(at_).starts_with('<')) return Fail("expected an element");
    XmlElement root;
    RETURN_IF_ERROR(ReadElement(0, &root));
    RETURN_IF_ERROR(SkipAround());
    if (at_ != text_.size()) return Fail("there is something behind the end of <" + root.name + ">");
    return root;
  }

 private:
  /// Counts on from where it counted last: the cursor only goes forward.
  uint32_t line() const {
    for (; counted_ < at_; ++counted_) line_ += text_[counted_] == '\n' ? 1 : 0;
    return line_;
  }

  Status Fail(const std::string& message) const {
    return common::InvalidArgument("line " + std::to_string(line()) + ": " + message).WithDetail(kSchemaParseError);
  }

  bool Accept(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  Status SkipTo(std::string_view end, const std::string& what) {
    const size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) return Fail(what + " does not end");
    at_ = found + end.size();
    return Status();
  }

  /// Blanks, comments and processing instructions.
  Status SkipAround() {
    while (true) {
      SkipBlanks();
      if (Accept("<!--")) {
        RETURN_IF_ERROR(SkipTo("-->", "a comment"));
      } else if (Accept("<?")) {
        RETURN_IF_ERROR(SkipTo("?>", "an instruction"));
      } else {
        return Status();
      }
    }
  }

  Result<std::string> ReadName() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsNameByte(text_[at_])) ++at_;
    if (at_ == begin) return Fail("expected a name");
    return std::string(text_.substr(begin, at_ - begin));
  }

  Status AppendDecoded(std::string_view raw, std::string* out) const {
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '&') {
        out->push_back(raw[i]);
        continue;
      }
      const size_t end = raw.find(';', i);
      if (end == std::string_view::npos || !AppendEntity(raw.substr(i + 1, end - i - 1), out)) {
        return Fail("unknown entity; '&' itself is &amp;");
      }
      i = end;
    }
    return Status();
  }

  Status ReadAttribute(XmlElement* element) {
    ASSIGN_OR_RETURN(std::string name, ReadName());
    SkipBlanks();
    if (!Accept("=")) return Fail("attribute " + name + " has no value");
    SkipBlanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'') return Fail("the value of attribute " + name + " is not in quotes");
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return Fail("the value of attribute " + name + " does not end");
    std::string value;
    RETURN_IF_ERROR(AppendDecoded(text_.substr(at_ + 1, end - at_ - 1), &value));
    at_ = end + 1;
    element->attributes.emplace_back(std::move(name), std::move(value));
    return Status();
  }

  /// From '<' on. True when the element has content.
  Result<bool> ReadTag(XmlElement* element) {
    element->line = line();
    if (text_.substr(at_).starts_with("<!")) return Fail("DOCTYPE and entities of its own are not taken");
    ++at_;
    ASSIGN_OR_RETURN(element->name, ReadName());
    while (true) {
      SkipBlanks();
      if (Accept("/>")) return false;
      if (Accept(">")) return true;
      RETURN_IF_ERROR(ReadAttribute(element));
    }
  }

  Status ReadElement(int depth, XmlElement* element) {
    if (depth == kMaxDepth) return Fail("elements are nested too deeply");
    ASSIGN_OR_RETURN(const bool has_content, ReadTag(element));
    if (!has_content) return Status();
    while (!Accept("</")) RETURN_IF_ERROR(ReadContent(depth, element));
    ASSIGN_OR_RETURN(const std::string name, ReadName());
    if (name != element->name) return Fail("expected </" + element->name + ">, found </" + name + ">");
    SkipBlanks();
    if (!Accept(">")) return Fail("expected '>' behind </" + name);
    element->text = std::string(Trim(element->text));
    return Status();
  }

  /// One piece of what stands between the tags.
  Status ReadContent(int depth, XmlElement* element) {
    if (at_ == text_.size()) return Fail("<" + element->name + "> has no end");
    if (Accept("<!--")) return SkipTo("-->", "a comment");
    if (Accept("<?")) return SkipTo("?>", "an instruction");
    if (Accept("<![CDATA[")) {
      const size_t begin = at_;
      RETURN_IF_ERROR(SkipTo("]]>", "CDATA"));
      element->text += text_.substr(begin, at_ - begin - 3);
      return Status();
    }
    if (text_[at_] == '<') return ReadElement(depth + 1, &element->children.emplace_back());
    const size_t end = std::min(text_.find('<', at_), text_.size());
    RETURN_IF_ERROR(AppendDecoded(text_.substr(at_, end - at_), &element->text));
    at_ = end;
    return Status();
  }

  const std::string_view text_;
  size_t at_ = 0;
  mutable size_t counted_ = 0;
  mutable uint32_t line_ = 1;
};

}  // namespace

Result<XmlElement> ParseXml(std::string_view text) {
  return XmlReader(text).Read();
}

}  // namespace cellar::model
