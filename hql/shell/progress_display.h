#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/concurrency/mutex.h"
#include "common/concurrency/parker.h"
#include "common/concurrency/thread.h"
#include "common/time/clock.h"
#include "hql/executor/answer_sink.h"

namespace cellar::hql {

/// One line at a terminal that tells how far the running statement is, once it takes a while; drawn again five times a
/// second by a thread of its own, so that a statement that only waits has one too. The line is gone when anything else
/// is written: whoever does calls Clear or Stop first.
class ProgressDisplay {
 public:
  /// `fd`: the terminal, or −1 for no display at all. `bytes_written`: what went to files so far.
  ProgressDisplay(int fd, const Clock& clock, std::function<uint64_t()> bytes_written);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void Begin();                            ///< A statement begins.
  void Update(const LoadProgress& at);     ///< How far a load is,
  void Update(const RebuildProgress& at);  ///< or a rebuild of indexes; from any thread.
  void Clear();                            ///< Until it is drawn next.
  void Stop();                             ///< Nothing more of this statement.

 private:
  void Run();
  void Draw() REQUIRES(mutex_);
  void Erase() REQUIRES(mutex_);
  std::string Line(Nanos elapsed, size_t width) const REQUIRES(mutex_);

  const int fd_;
  const Clock& clock_;
  const std::function<uint64_t()> bytes_written_;

  Mutex mutex_;
  bool active_ GUARDED_BY(mutex_) = false;
  bool shown_ GUARDED_BY(mutex_) = false;
  Nanos begin_ GUARDED_BY(mutex_) = 0;
  uint64_t written_before_ GUARDED_BY(mutex_) = 0;
  std::optional<LoadProgress> load_ GUARDED_BY(mutex_);
  std::optional<RebuildProgress> rebuild_ GUARDED_BY(mutex_);

  common::Parker parker_;
  std::atomic<bool> ended_ = false;
  std::atomic<bool> idle_ = true;
  std::unique_ptr<common::Thread> thread_;
};

}  // namespace cellar::hql
