#include "common/fault/fault_points.h"

#include <unistd.h>

#include <algorithm>
#include <span>
#include <utility>

#include "common/base/check.h"

// The linker's names for the ends of the section; weak, because a program without fault points has none.
extern "C" {
extern const cellar::common::FaultPoint __start_cellar_fault_points[] __attribute__((weak));
extern const cellar::common::FaultPoint __stop_cellar_fault_points[] __attribute__((weak));
}

namespace cellar::common {
namespace {

std::span<const FaultPoint> RegisteredPoints() {
  const auto begin = reinterpret_cast<uintptr_t>(__start_cellar_fault_points);
  const auto end = reinterpret_cast<uintptr_t>(__stop_cellar_fault_points);
  if (begin == 0) return {};
  return {__start_cellar_fault_points, (end - begin) / sizeof(FaultPoint)};
}

}  // namespace

Status FaultPoints::Arm(FaultPlan plan) {
  const std::span<const FaultPoint> points = RegisteredPoints();
  if (std::none_of(points.begin(), points.end(), [&plan](const FaultPoint& p) { return p.name == plan.label; })) {
    return InvalidArgument("this program has no fault point '" + plan.label + "'");
  }
  MutexLock lock(mutex_);
  std::string label = plan.label;
  plans_[std::move(label)].push_back({std::move(plan)});
  active_.store(true, std::memory_order_relaxed);
  return OkStatus();
}

Status FaultPoints::Induce(std::string_view plans) {
  ASSIGN_OR_RETURN(std::vector<FaultPlan> parsed, ParseFaultPlans(plans));
  for (FaultPlan& plan : parsed) {
    Status armed = Arm(std::move(plan));
    if (armed.ok()) continue;
    DisarmAll();
    return armed;
  }
  return OkStatus();
}

void FaultPoints::Disarm(std::string_view label) {
  MutexLock lock(mutex_);
  if (auto found = plans_.find(label); found != plans_.end()) plans_.erase(found);
  active_.store(counting_ || !plans_.empty(), std::memory_order_relaxed);
}

void FaultPoints::DisarmAll() {
  MutexLock lock(mutex_);
  plans_.clear();
  active_.store(counting_, std::memory_order_relaxed);
}

void FaultPoints::StartCounting() {
  MutexLock lock(mutex_);
  counting_ = true;
  active_.store(true, std::memory_order_relaxed);
}

uint64_t FaultPoints::passes_of(std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto found = passes_.find(name);
  return found == passes_.end() ? 0 : found->second;
}

std::map<std::string, uint64_t> FaultPoints::passes() const {
  MutexLock lock(mutex_);
  return {passes_.begin(), passes_.end()};
}

FaultPlan FaultPoints::Strike(const FaultPoint& point) {
  MutexLock lock(mutex_);
  ++passes_[point.name];
  FaultPlan struck;
  auto found = plans_.find(std::string_view(point.name));
  if (found == plans_.end()) return struck;
  for (ArmedPlan& armed : found->second) {
    const uint64_t pass = armed.passes++;
    const bool in_window = pass >= armed.plan.first_pass && pass - armed.plan.first_pass < armed.plan.pass_count;
    if (!in_window || struck.action != FaultAction::kNone) continue;
    if (armed.plan.action != FaultAction::kBuggify || random_.OneIn(armed.plan.one_in)) struck = armed.plan;
  }
  return struck;
}

FaultOutcome FaultPoints::OutcomeOf(const FaultPlan& plan, const FaultPoint& point) {
  FaultOutcome outcome;
  switch (plan.action) {
    case FaultAction::kNone:
      break;
    case FaultAction::kPause:
      outcome.paused = true;
      break;
    case FaultAction::kCrash:
      if (!hooks_.crash) _exit(kFaultExitStatus);
      hooks_.crash(point.name);
      outcome.status = Cancelled(std::string("crashed at fault point ") + point.name);
      break;
    case FaultAction::kError:
      outcome.status = Status(plan.code, std::string("induced at fault point ") + point.name);
      break;
    case FaultAction::kDelay:
      outcome.delay = plan.delay;
      break;
    case FaultAction::kBuggify:
      outcome.buggified = true;
      break;
  }
  return outcome;
}

FaultOutcome FaultPoints::Pass(const FaultPoint& point) {
  const FaultPlan plan = Strike(point);
  return OutcomeOf(plan, point);
}

Status FaultPoints::PassAndWait(const FaultPoint& point) {
  FaultOutcome outcome = Pass(point);
  if (outcome.delay > 0 || outcome.paused) CHECK(hooks_.sleep);
  if (outcome.delay > 0) hooks_.sleep(outcome.delay);
  while (outcome.paused && IsArmed(point.name)) hooks_.sleep(kPausePoll);
  return std::move(outcome.status);
}

bool FaultPoints::IsArmed(std::string_view label) const {
  MutexLock lock(mutex_);
  return plans_.contains(label);
}

std::vector<std::string> AllFaultPointNames() {
  std::vector<std::string> names;
  for (const FaultPoint& point : RegisteredPoints()) names.emplace_back(point.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace cellar::common
