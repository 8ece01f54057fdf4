#include "common/file/fault_rules.h"

#include <string>
#include <utility>

#include "common/base/check.h"

namespace cellar::common {

bool MatchesPathPattern(std::string_view text, std::string_view pattern) {
  // Greedy with one point to come back to: the last '*'.
  size_t at = 0;
  size_t next = 0;
  size_t star = std::string_view::npos;
  size_t star_at = 0;
  while (at < text.size()) {
    if (next < pattern.size() && pattern[next] == '*') {
      star = next++;
      star_at = at;
    } else if (next < pattern.size() && pattern[next] == text[at]) {
      ++next;
      ++at;
    } else if (star != std::string_view::npos) {
      next = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', next) == std::string_view::npos;
}

FaultRuleId FaultRules::Add(FaultRule rule) {
  CHECK(rule.one_in > 0);
  CHECK(rule.fault != FileFault::kShortAppend || rule.operation == FileOperation::kAppend);
  CHECK(rule.fault != FileFault::kFlipBit || rule.operation == FileOperation::kRead);
  const MutexLock lock(mutex_);
  const FaultRuleId id(next_id_++);
  rules_.emplace(id, CountedRule{.rule = std::move(rule)});
  return id;
}

void FaultRules::Remove(FaultRuleId id) {
  const MutexLock lock(mutex_);
  rules_.erase(id);
}

void FaultRules::Clear() {
  const MutexLock lock(mutex_);
  rules_.clear();
}

uint64_t FaultRules::fired_count(FaultRuleId id) const {
  const MutexLock lock(mutex_);
  const auto found = rules_.find(id);
  return found == rules_.end() ? 0 : found->second.fired_count;
}

uint64_t FaultRules::call_count(FileOperation operation) const {
  const MutexLock lock(mutex_);
  return call_counts_[static_cast<size_t>(operation)];
}

bool FaultRules::Fires(CountedRule& counted, FileOperation operation, std::string_view path) {
  const FaultRule& rule = counted.rule;
  if (rule.operation != operation || !MatchesPathPattern(path, rule.path_pattern)) return false;
  if (++counted.matched_count <= rule.skip_count || counted.fired_count >= rule.fire_count) return false;
  if (rule.one_in > 1 && !random_.OneIn(rule.one_in)) return false;
  ++counted.fired_count;
  return true;
}

FaultRules::Verdict FaultRules::Judge(FileOperation operation, std::string_view path) {
  Verdict verdict;
  std::function<void(std::string_view)> hook;
  {
    const MutexLock lock(mutex_);
    ++call_counts_[static_cast<size_t>(operation)];
    for (auto& [id, counted] : rules_) {
      if (!Fires(counted, operation, path)) continue;
      const FaultRule& rule = counted.rule;
      hook = rule.hook;
      if (rule.fault == FileFault::kHookOnly) break;
      verdict.fault = rule.fault;
      verdict.status = Status(rule.code, "'" + std::string(path) + "': injected fault " + std::to_string(id.get()));
      verdict.poisons_handle = rule.poisons_handle;
      verdict.draw = random_.Next();
      break;
    }
  }
  if (hook) hook(path);
  return verdict;
}

}  // namespace cellar::common
