#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/sleep.h"
#include "lockservice/embedded/lock_journal.h"

namespace cellar::lockservice {

/// What a MemoryLockJournal wrote; outlives the service, as a disk would.
struct MemoryLockStore {
  std::map<std::pair<LockEntity, uint64_t>, std::string> entities;
  Status failure;  ///< Appends answer this, and write nothing.
  uint64_t appends = 0;

  std::vector<LockEdit> Entities() const {
    std::vector<LockEdit> all;
    for (const auto& [key, body] : entities) all.push_back({key.first, key.second, body});
    return all;
  }
};

/// A journal for tests.
class MemoryLockJournal final : public LockJournal {
 public:
  /// Each append takes `delay`.
  MemoryLockJournal(Executor& executor, MemoryLockStore& store, Nanos delay)
      : executor_(executor), store_(store), delay_(delay) {}

  Task<Status> Append(std::vector<LockEdit> edits) override {
    if (delay_ > 0) co_await common::SleepFor(executor_, delay_);
    if (!store_.failure.ok()) co_return store_.failure;
    ++store_.appends;
    for (LockEdit& edit : edits) {
      const auto key = std::make_pair(edit.type, edit.id);
      if (edit.body) {
        store_.entities[key] = std::move(*edit.body);
      } else {
        store_.entities.erase(key);
      }
    }
    co_return common::OkStatus();
  }

 private:
  Executor& executor_;
  MemoryLockStore& store_;
  const Nanos delay_;
};

}  // namespace cellar::lockservice
