#include "bench/parallel.h"

#include <memory>
#include <vector>

#include "common/concurrency/thread.h"

namespace cellar::bench {

Status RunParallel(size_t count, const std::function<Status(size_t)>& body) {
  std::vector<Status> results(count);
  std::vector<std::unique_ptr<common::Thread>> threads;
  for (size_t i = 0; i < count; ++i) {
    threads.push_back(std::make_unique<common::Thread>("bench", [&results, &body, i] { results[i] = body(i); }));
  }
  for (const auto& thread : threads) thread->Join();
  for (const Status& result : results) RETURN_IF_ERROR(result);
  return common::OkStatus();
}

}  // namespace cellar::bench
