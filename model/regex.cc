#include "model/regex.h"

#include <re2/re2.h>

#include <string>

#include "model/error_codes.h"
#include "model/scan_spec.h"

namespace cellar::model {

Result<Regex> Regex::Compile(std::string_view expression) {
  constexpr int64_t kMaxProgramBytes = 8 << 20;
  if (expression.size() > kMaxRegexBytes)
    return common::InvalidArgument("regular expression is longer than 64 KiB").WithDetail(kBadScanSpec);
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxProgramBytes);
  auto compiled = std::make_shared<const re2::RE2>(re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok())
    return common::InvalidArgument("regular expression " + QuoteBytes(expression) + ": " + compiled->error())
        .WithDetail(kBadScanSpec);
  return Regex(std::move(compiled));
}

bool Regex::Matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

}  // namespace cellar::model
