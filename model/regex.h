#pragma once

#include <memory>
#include <string_view>

#include "common/base/result.h"

namespace re2 {
class RE2;
}

namespace cellar::model {

/// A compiled RE2 expression, searched for anywhere in the text. Immutable, thread-safe, cheap to copy.
class Regex {
 public:
  /// kInvalidArgument with public code 30 and what RE2 says about it; also for one that is too large.
  static Result<Regex> Compile(std::string_view expression);

  bool Matches(std::string_view text) const;

 private:
  explicit Regex(std::shared_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}
  std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace cellar::model
