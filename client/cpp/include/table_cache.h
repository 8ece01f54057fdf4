#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "client/cpp/include/client.h"
#include "common/concurrency/mutex.h"

namespace cellar::client {

/// Open tables by path, so that not each call about a table asks the master. A table that was dropped, renamed or
/// altered elsewhere is noticed when a call meets it, or after kFreshFor. Thread-safe; outlived by its client.
class TableCache {
 public:
  static constexpr size_t kMaxTables = 10'000;
  static constexpr Nanos kFreshFor = 2 * kSecond;

  /// Borrows both.
  TableCache(Client& client, const Clock& clock) : client_(client), clock_(clock) {}

  /// As Client::OpenTable.
  Result<std::shared_ptr<Table>> Open(std::string_view path) EXCLUDES(mutex_);

  /// The same, by asking the master.
  Result<std::shared_ptr<Table>> Reopen(std::string_view path) EXCLUDES(mutex_);

  void Forget(std::string_view path) EXCLUDES(mutex_);

  /// Whether `failure` may come from an old schema, or from a table that has gone.
  static bool MayBeStale(const Status& failure);

  /// `call` (a Table&, by shared_ptr) with the table; once more when it failed as with one that is out of date, and it
  /// was. Its result is a Status or a Result.
  template <typename Call>
  std::invoke_result_t<Call&, const std::shared_ptr<Table>&> With(std::string_view path, Call call) {
    ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, Open(path));
    const model::SchemaGeneration generation = table->schema()->generation();  // an open table may learn another
    auto outcome = call(table);
    if (outcome.ok() || !MayBeStale(StatusOf(outcome))) return outcome;
    ASSIGN_OR_RETURN(const std::shared_ptr<Table> now, Reopen(path));
    if (table->id() == now->id() && now->schema()->generation() == generation) return outcome;
    return call(now);
  }

 private:
  struct Entry {
    std::shared_ptr<Table> table;
    Nanos opened_at = 0;
  };

  static const Status& StatusOf(const Status& status) { return status; }
  template <typename T>
  static Status StatusOf(const Result<T>& result) {
    return result.status();
  }
  static bool IsSame(const Table& a, const Table& b);

  Client& client_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Entry, std::less<>> tables_ GUARDED_BY(mutex_);
};

}  // namespace cellar::client
