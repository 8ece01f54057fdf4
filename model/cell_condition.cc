#include "model/cell_condition.h"

#include <charconv>

#include "model/error_codes.h"
#include "model/key.h"
#include "model/schema.h"

namespace cellar::model {
namespace {

std::optional<int64_t> NumberOf(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Below zero, zero or above, as `found` is less than `value`, equal or greater.
int Compare(const std::string& found, const std::string& value, bool is_counter) {
  if (!is_counter) return found.compare(value);
  const std::optional<int64_t> a = NumberOf(found);
  const std::optional<int64_t> b = NumberOf(value);
  return a < b ? -1 : a == b ? 0 : 1;
}

}  // namespace

bool CellCondition::Holds(const std::optional<std::string>& found, bool is_counter) const {
  if (expectation == Expectation::kAbsent) return !found.has_value();
  if (expectation == Expectation::kNotEquals && !found) return true;
  if (!found) return false;
  if (expectation == Expectation::kPresent) return true;
  if (expectation == Expectation::kStartsWith) return found->starts_with(value);
  const int order = Compare(*found, value, is_counter);
  switch (expectation) {
    case Expectation::kEquals:
      return order == 0;
    case Expectation::kNotEquals:
      return order != 0;
    case Expectation::kLess:
      return order < 0;
    case Expectation::kLessOrEqual:
      return order <= 0;
    case Expectation::kGreater:
      return order > 0;
    case Expectation::kGreaterOrEqual:
      return order >= 0;
    default:
      return false;
  }
}

Status CheckConditions(const std::vector<CellCondition>& conditions, const Schema& schema) {
  if (conditions.size() > kMaxConditions) {
    return common::InvalidArgument(std::to_string(conditions.size()) + " conditions; at most " +
                                   std::to_string(kMaxConditions));
  }
  for (const CellCondition& condition : conditions) {
    if (!schema.is_live(condition.family)) {
      return common::InvalidArgument("condition on an unknown column family").WithDetail(kBadKey);
    }
    if (!condition.Compares() || !schema.rules(condition.family).counter) continue;
    if (condition.expectation == CellCondition::Expectation::kStartsWith) {
      return common::InvalidArgument("a counter has no prefix to ask for").WithDetail(kBadScanSpec);
    }
    if (!NumberOf(condition.value)) {
      return common::InvalidArgument("a counter is compared with a number, not with " + QuoteBytes(condition.value))
          .WithDetail(kBadKey);
    }
  }
  return common::OkStatus();
}

}  // namespace cellar::model
