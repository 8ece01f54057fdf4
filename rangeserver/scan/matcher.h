#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "model/regex.h"
#include "model/scan_spec.h"

namespace cellar::rangeserver {

/// A condition on a qualifier or a value, its regex compiled. Immutable.
class Matcher {
 public:
  Matcher() = default;  ///< Matches everything.

  static Result<Matcher> For(const model::QualifierMatch& match);
  static Result<Matcher> ForValue(model::ColumnPredicate::Value kind, const std::string& text);

  bool Matches(std::string_view bytes) const {
    switch (kind_) {
      case Kind::kAny:
        return true;
      case Kind::kExact:
        return bytes == text_;
      case Kind::kPrefix:
        return bytes.starts_with(text_);
      case Kind::kRegex:
        return regex_->Matches(bytes);
    }
    return false;
  }

  bool matches_everything() const { return kind_ == Kind::kAny; }

 private:
  using Kind = model::QualifierMatch::Kind;

  Kind kind_ = Kind::kAny;
  std::string text_;
  std::optional<model::Regex> regex_;
};

}  // namespace cellar::rangeserver
