#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "common/concurrency/parker.h"
#include "common/concurrency/thread.h"
#include "common/logging/logger.h"
#include "common/random/random.h"
#include "fsbroker/client/connection_pool.h"

namespace cellar::fsbroker {

/// A file that a broker holds open for us. Means something to that life of the broker only.
struct BrokerHandle {
  BrokerLife life{};
  int64_t file = 0;

  friend bool operator==(const BrokerHandle&, const BrokerHandle&) = default;
};

/// What came of a call with all its repetitions.
struct CallOutcome {
  Status status;
  bool handle_is_lost = false;    ///< The broker does not know it: it forgot, or is another life. `status` says so.
  bool was_repeated = false;      ///< An earlier attempt may have been done.
  bool may_be_forgotten = false;  ///< And the broker may not know of it: it is another life, or the lease was over.
  BrokerLife life{};              ///< Of the broker that answered.
  size_t max_transfer_bytes = 0;
  Nanos first_asked = 0;  ///< Monotonic.
};

/// The calls of one process to one broker, each repeated over new connections until it is answered, its time is over,
/// or it makes no sense to go on. So calls must be such that they can be repeated; docs/internals/broker.md says how
/// each is. Shared by a file system and its files. Thread-safe; blocks.
///
/// A thread of its own closes handles that were given up, asks now and then whether the broker lives, and so has a
/// connection ready when it comes back.
class BrokerCalls {
 public:
  using Body = std::function<Status(gen::BrokerClient&)>;

  BrokerCalls(const BrokerOptions& options, const Clock& clock, uint64_t seed, Logger logger);
  ~BrokerCalls();

  /// Says hello once, within connect_timeout.
  Result<BrokerHello> Connect();

  /// Asks `body` of any life of the broker. `what` and `path` are for messages: "append to".
  CallOutcome Call(std::string_view what, std::string_view path, const Body& body) {
    return CallWithin(Spec(what, path), body);
  }

  /// Asks `body` of the life that `handle` is of.
  CallOutcome CallWith(std::string_view what, std::string_view path, const BrokerHandle& handle, const Body& body) {
    Spec spec(what, path);
    spec.handle = &handle;
    return CallWithin(spec, body);
  }

  /// Has the broker close it, soon.
  void CloseSoon(BrokerHandle handle);

  /// kTokenBytes by chance: names one create.
  std::string DrawToken();

  /// Ends the thread, and tells the broker of what was given up. Calls may still be made.
  void Stop();

 private:
  struct Spec {
    Spec(std::string_view verb, std::string_view on_path) : what(verb), path(on_path) {}

    std::string_view what;
    std::string_view path;
    const BrokerHandle* handle = nullptr;
    bool is_brief = false;  ///< For the thread: gives up soon.
  };

  CallOutcome CallWithin(const Spec& spec, const Body& body);
  /// One attempt. True when `outcome` is final.
  bool Attempt(const Spec& spec, Deadline patience, Deadline deadline, const Body& body, CallOutcome* outcome);
  Status Located(const Spec& spec, StatusCode code, std::string_view why) const;
  void Keep();
  void CloseGivenUp();
  void Notice(const Status& status);

  ConnectionPool pool_;
  const Clock& clock_;
  const Logger logger_;
  Mutex mutex_;
  SeededRandom random_ GUARDED_BY(mutex_);
  std::vector<BrokerHandle> given_up_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool is_away_ = false;  ///< Of the thread.
  common::Parker keeper_wakes_;
  std::unique_ptr<common::Thread> keeper_;
};

}  // namespace cellar::fsbroker
