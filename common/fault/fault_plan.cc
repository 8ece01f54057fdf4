#include "common/fault/fault_plan.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace cellar::common {
namespace {

constexpr uint64_t kMaxNumber = 1'000'000'000'000;

bool ParseNumber(std::string_view text, uint64_t* number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *number);
  return error == std::errc() && stop == end && *number <= kMaxNumber;
}

bool ParseCode(std::string_view text, StatusCode* code) {
  for (int i = 1; i <= static_cast<int>(StatusCode::kCancelled); ++i) {
    std::string name(StatusCodeName(static_cast<StatusCode>(i)));
    std::replace(name.begin(), name.end(), ' ', '-');
    if (name != text) continue;
    *code = static_cast<StatusCode>(i);
    return true;
  }
  return false;
}

/// Splits "delay(5)" into "delay" and "5".
bool SplitArgument(std::string_view* word, std::string_view* argument) {
  const size_t open = word->find('(');
  if (open == std::string_view::npos) return true;
  if (!word->ends_with(')')) return false;
  *argument = word->substr(open + 1, word->size() - open - 2);
  *word = word->substr(0, open);
  return true;
}

bool ParseAction(std::string_view word, FaultPlan* plan) {
  std::string_view argument;
  if (!SplitArgument(&word, &argument)) return false;
  uint64_t number = 0;
  if (word == "crash" || word == "exit") {
    plan->action = FaultAction::kCrash;
    return argument.empty();
  }
  if (word == "error") {
    plan->action = FaultAction::kError;
    return ParseCode(argument, &plan->code);
  }
  if (word == "pause" && argument.empty()) {
    plan->action = FaultAction::kPause;
    return true;
  }
  if (word == "delay" || word == "pause") {
    plan->action = FaultAction::kDelay;
    if (!ParseNumber(argument, &number)) return false;
    plan->delay = static_cast<Nanos>(number % 1'000'000'000) * kMillisecond;
    return true;
  }
  if (word != "buggify") return false;
  plan->action = FaultAction::kBuggify;
  if (argument.empty()) return true;
  return ParseNumber(argument, &plan->one_in) && plan->one_in > 0;
}

bool ParsePasses(std::string_view text, FaultPlan* plan) {
  if (text == "*") {
    plan->pass_count = FaultPlan::kForever;
    return true;
  }
  if (text.ends_with('+')) {
    plan->pass_count = FaultPlan::kForever;
    text.remove_suffix(1);
    return ParseNumber(text, &plan->first_pass);
  }
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return ParseNumber(text, &plan->first_pass);
  uint64_t last = 0;
  if (!ParseNumber(text.substr(0, dash), &plan->first_pass) || !ParseNumber(text.substr(dash + 1), &last)) return false;
  if (last < plan->first_pass) return false;
  plan->pass_count = last - plan->first_pass + 1;
  return true;
}

Result<FaultPlan> ParsePlan(std::string_view text) {
  const size_t first = text.find(':');
  const size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (first == 0 || second == std::string_view::npos) {
    return InvalidArgument("'" + std::string(text) + "': expected label:action:passes");
  }
  FaultPlan plan;
  plan.label = text.substr(0, first);
  const std::string_view action = text.substr(first + 1, second - first - 1);
  if (!ParseAction(action, &plan)) {
    return InvalidArgument("'" + std::string(action) +
                           "': expected crash, error(CODE), delay(MS), pause or buggify(N) as action of " + plan.label);
  }
  const std::string_view passes = text.substr(second + 1);
  if (!ParsePasses(passes, &plan)) {
    return InvalidArgument("'" + std::string(passes) + "': expected N, N+, N-M or * as passes of " + plan.label);
  }
  return plan;
}

}  // namespace

Result<std::vector<FaultPlan>> ParseFaultPlans(std::string_view text) {
  std::vector<FaultPlan> plans;
  while (!text.empty()) {
    const size_t end = std::min(text.find(';'), text.size());
    ASSIGN_OR_RETURN(FaultPlan plan, ParsePlan(text.substr(0, end)));
    plans.push_back(std::move(plan));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return plans;
}

}  // namespace cellar::common
