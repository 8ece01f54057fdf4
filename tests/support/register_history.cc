#include "tests/support/register_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/check.h"

namespace cellar::tests {
namespace {

using Kind = RegisterOperation::Kind;
using Outcome = RegisterOperation::Outcome;
using Register = std::optional<std::string>;

std::string Show(const Register& value) {
  return value ? "'" + *value + "'" : "nothing";
}

/// What the register holds after `operation` took effect on `state`; nullopt when it cannot take effect there.
std::optional<Register> After(const RegisterOperation& operation, const Register& state) {
  switch (operation.kind) {
    case Kind::kRead:
      return operation.value == state ? std::optional<Register>(state) : std::nullopt;
    case Kind::kWrite:
      return std::optional<Register>(operation.value);
    case Kind::kCompareAndSet: {
      const bool holds = operation.expected == state;
      if (operation.outcome == Outcome::kRefused) return holds ? std::nullopt : std::optional<Register>(state);
      return holds ? std::optional<Register>(operation.value) : std::nullopt;
    }
  }
  return std::nullopt;
}

/// Depth-first search over configurations: which operations have taken effect, and what the register then holds.
/// `operations_` is in order of invocation, so a configuration is a prefix that is wholly done, and few others.
class Search {
 public:
  explicit Search(std::vector<RegisterOperation> operations) : operations_(std::move(operations)) {
    done_.resize(operations_.size(), false);
  }

  bool Run() {
    std::vector<Choice> path;
    size_t next = 0;
    while (true) {
      if (AllCertainDone()) return true;
      if (!TakeOne(next, &path)) {
        if (path.empty()) return false;
        next = Undo(&path);
      } else {
        next = 0;
      }
    }
  }

  /// The longest explanation found, for the message.
  size_t deepest() const { return deepest_; }

 private:
  struct Choice {
    size_t index;
    Register state_before;
  };
  using Configuration = std::pair<std::vector<bool>, Register>;

  bool AllCertainDone() const {
    for (size_t i = 0; i < operations_.size(); ++i) {
      if (!done_[i] && operations_[i].outcome != Outcome::kUnknown) return false;
    }
    return true;
  }

  /// No operation may take effect after one that is not done has returned.
  int64_t EarliestReturn() const {
    int64_t earliest = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < operations_.size(); ++i) {
      if (!done_[i] && operations_[i].outcome != Outcome::kUnknown) {
        earliest = std::min(earliest, operations_[i].returned_at);
      }
    }
    return earliest;
  }

  bool TakeOne(size_t first, std::vector<Choice>* path) {
    const int64_t horizon = EarliestReturn();
    for (size_t i = first; i < operations_.size() && operations_[i].invoked_at <= horizon; ++i) {
      if (done_[i]) continue;
      std::optional<Register> after = After(operations_[i], state_);
      if (!after) continue;
      done_[i] = true;
      if (!visited_.insert(Configuration(done_, *after)).second) {
        done_[i] = false;
        continue;
      }
      path->push_back(Choice{i, std::exchange(state_, std::move(*after))});
      deepest_ = std::max(deepest_, path->size());
      return true;
    }
    return false;
  }

  size_t Undo(std::vector<Choice>* path) {
    Choice last = std::move(path->back());
    path->pop_back();
    done_[last.index] = false;
    state_ = std::move(last.state_before);
    return last.index + 1;
  }

  const std::vector<RegisterOperation> operations_;
  std::vector<bool> done_;
  Register state_;
  std::set<Configuration> visited_;
  size_t deepest_ = 0;
};

std::string Excerpt(const std::vector<RegisterOperation>& operations, size_t around) {
  constexpr size_t kShown = 8;
  const size_t begin = around > kShown ? around - kShown : 0;
  const size_t end = std::min(operations.size(), around + kShown);
  std::string text;
  for (size_t i = begin; i < end; ++i) text += "\n  " + operations[i].ToString();
  return text;
}

}  // namespace

std::string RegisterOperation::ToString() const {
  static constexpr const char* kOutcomes[] = {"done", "refused", "unknown"};
  const std::string when = outcome == Outcome::kUnknown ? fmt::format("[{}, ?]", invoked_at)
                                                        : fmt::format("[{}, {}]", invoked_at, returned_at);
  switch (kind) {
    case Kind::kRead:
      return fmt::format("{} read {}", when, Show(value));
    case Kind::kWrite:
      return fmt::format("{} write {} {}", when, Show(value), kOutcomes[static_cast<int>(outcome)]);
    case Kind::kCompareAndSet:
      return fmt::format("{} set {} if {} {}", when, Show(value), Show(expected), kOutcomes[static_cast<int>(outcome)]);
  }
  return when;
}

Status CheckLinearizable(const std::vector<RegisterOperation>& history) {
  CHECK(history.size() <= kMaxOperations);
  std::vector<RegisterOperation> operations = history;
  std::stable_sort(operations.begin(), operations.end(),
                   [](const RegisterOperation& a, const RegisterOperation& b) { return a.invoked_at < b.invoked_at; });
  Search search(operations);
  if (search.Run()) return common::OkStatus();
  return common::Corruption(fmt::format("no order explains more than {} of {} operations:{}", search.deepest(),
                                        operations.size(), Excerpt(operations, search.deepest())));
}

}  // namespace cellar::tests
