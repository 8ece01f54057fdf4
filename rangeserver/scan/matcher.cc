#include "rangeserver/scan/matcher.h"

namespace cellar::rangeserver {

using Value = model::ColumnPredicate::Value;

Result<Matcher> Matcher::For(const model::QualifierMatch& match) {
  Matcher matcher;
  matcher.kind_ = match.kind;
  matcher.text_ = match.text;
  if (match.kind == Kind::kRegex) {
    ASSIGN_OR_RETURN(model::Regex regex, model::Regex::Compile(match.text));
    matcher.regex_ = std::move(regex);
  }
  return matcher;
}

Result<Matcher> Matcher::ForValue(Value kind, const std::string& text) {
  switch (kind) {
    case Value::kExists:
      return Matcher();
    case Value::kExact:
      return For({Kind::kExact, text});
    case Value::kPrefix:
      return For({Kind::kPrefix, text});
    case Value::kRegex:
      return For({Kind::kRegex, text});
  }
  return Matcher();
}

}  // namespace cellar::rangeserver
