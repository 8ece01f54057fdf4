#include "common/concurrency/task_group.h"

namespace cellar::common {

TaskGroup::~TaskGroup() {
  const bool tasks_have_ended = roots_.empty() || executor_.IsDead();
  CHECK(tasks_have_ended);
  DestroyAll();
  if (enrolled_) executor_.Withdraw(*this);
}

void TaskGroup::Spawn(Task<void> task, const char* name) {
  CHECK(executor_.OnLoop());
  const auto root = roots_.emplace(roots_.end(), *this, std::move(task), name);
  root->self_ = root;
  root->task_.StartAsRoot(executor_, *root);  // `root` may be gone after this
}

void TaskGroup::Root::OnTaskDone() {
  TaskGroup& group = group_;
  group.roots_.erase(self_);  // destroys this
  if (group.roots_.empty()) group.idle_.WakeAll();
}

Task<void> TaskGroup::Join() {
  while (!roots_.empty()) co_await idle_.Wait();
}

std::string TaskGroup::Describe() const {
  std::string text;
  for (const Root& root : roots_) {
    text.append(root.name_).append(": ").append(root.task_.waiting_for()).append("\n");
  }
  return text;
}

}  // namespace cellar::common
