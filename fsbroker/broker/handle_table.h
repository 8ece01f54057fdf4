#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/concurrency/mutex.h"
#include "common/time/clock.h"
#include "fsbroker/broker/open_file.h"

namespace cellar::fsbroker {

/// Who holds which file open: the handles of all sessions of one broker. Thread-safe; calls no file under its lock.
///
/// A session is a number that its client drew; its handles live as long as a connection of it does, and for the lease
/// after the last. Handles for reading go too when others need their place: their owner opens again.
///
/// Invariants: 1. at most `max_open_files` files are open, counting those that are being opened; 2. a handle is of one
/// session, and no number is given twice in the life of a broker.
class HandleTable {
 public:
  struct Options {
    size_t max_open_files = 4'096;
    Nanos lease = 10 * kSecond;
  };

  HandleTable(const Options& options, const Clock& clock) : options_(options), clock_(clock) {}

  void Attach(const std::string& session);
  void Detach(const std::string& session);

  /// Closes the handles whose lease is over.
  void Sweep();

  /// Room for one more open file, for which a reader that was not used for long may have to go. kBusy when all that are
  /// open are writers, or in use.
  Result<OpenFileSlot> TakeSlot();

  int64_t AddReader(const std::string& session, std::shared_ptr<OpenReader> reader);
  std::shared_ptr<OpenReader> FindReader(const std::string& session, int64_t file);

  /// The handle that a create with this token made, or is making: then it waits for the end of that. Nothing: the
  /// caller makes it, and says how it ended by EndCreate in every case.
  std::optional<int64_t> BeginCreate(const std::string& session, const std::string& token);
  /// `writer` is null when the create failed.
  int64_t EndCreate(const std::string& session, const std::string& token, std::shared_ptr<OpenWriter> writer);
  std::shared_ptr<OpenWriter> FindWriter(const std::string& session, int64_t file);

  /// How the remove with this token ended, or will: then it waits. Nothing: the caller does it, and says how it ended
  /// by EndRemove. The last kMaxRemembered of a session are known.
  std::optional<Status> BeginRemove(const std::string& session, const std::string& token);
  void EndRemove(const std::string& session, const std::string& token, const Status& status);

  /// Unknown handles are passed over.
  void Close(const std::string& session, const std::vector<int64_t>& files);

  size_t open_count() const { return open_count_.load(std::memory_order_relaxed); }
  size_t session_count() const;

 private:
  static constexpr size_t kMaxRemembered = 64;

  struct Create {
    int64_t file = 0;  ///< 0: under way.
  };
  struct Reader {
    std::shared_ptr<OpenReader> reader;
    std::list<std::pair<std::string, int64_t>>::iterator use;
  };
  struct Session {
    size_t connection_count = 0;
    Nanos lease_end = 0;  ///< Counts while there is no connection.
    std::map<int64_t, Reader> readers;
    std::map<int64_t, std::shared_ptr<OpenWriter>> writers;
    std::map<std::string, Create> creates;                 ///< By token.
    std::map<std::string, std::optional<Status>> removes;  ///< By token; nothing: under way.
    std::deque<std::string> removed;                       ///< Tokens of those that have ended, the oldest first.
  };
  /// What is let go outside the lock, because closing a file is a call of it.
  struct Dropped {
    std::vector<std::shared_ptr<OpenReader>> readers;
    std::vector<std::shared_ptr<OpenWriter>> writers;
  };

  void DropReaders(Session& session, Dropped* dropped) REQUIRES(mutex_);
  std::shared_ptr<OpenReader> DropLeastUsedReader() REQUIRES(mutex_);

  const Options options_;
  const Clock& clock_;
  std::atomic<size_t> open_count_{0};
  mutable Mutex mutex_;
  common::CondVar call_ended_;  ///< One that another waits for.
  int64_t last_file_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, Session> sessions_ GUARDED_BY(mutex_);
  std::list<std::pair<std::string, int64_t>> readers_by_use_ GUARDED_BY(mutex_);  ///< Least lately used first.
};

}  // namespace cellar::fsbroker
