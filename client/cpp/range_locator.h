#pragma once

#include <map>
#include <string>
#include <string_view>

#include "client/cpp/cluster_directory.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/task.h"
#include "model/metadata_row.h"
#include "protocol/rangeserver/stub.h"

namespace cellar::client {

/// A range and where it is served, as last heard of.
struct RangeLocation {
  model::RangeKey range;
  model::Location location;
  std::string address;
  Epoch epoch;

  RangeLocation() = default;
};

/// Finds the range that holds a row: root, then METADATA, then the range, each remembered. What it says may be out of
/// date; the server that is asked says so (kNotOwner), and the caller forgets the range and asks again. Loop only.
///
/// Invariants: 1. the remembered ranges of a table do not overlap: a newer one drops those that it covers in part.
/// 2. At most kMaxRanges are remembered; the whole table is forgotten when it would be more.
class RangeLocator {
 public:
  RangeLocator(ClusterDirectory& directory, protocol::RangeServerStub stub) : directory_(directory), stub_(stub) {}

  /// The range that holds `row` of `table`; served or about to be, its owner knows. kUnavailable while its table is
  /// being dropped, kNotFound when METADATA has no such range (the table is gone). At most two calls to range servers
  /// when nothing is remembered.
  Task<Result<RangeLocation>> Locate(model::TableId table, std::string row, Deadline deadline);

  /// Forgets what is remembered about the range that holds `row`, after its server disowned it or did not answer. When
  /// no connection to that server stands any more, all its ranges are forgotten: they would cost a try each.
  void Forget(model::TableId table, std::string_view row);

  /// Forgets everything, the root too.
  void ForgetAll();

  size_t remembered_count() const { return count_; }

  static constexpr size_t kMaxRanges = 100'000;
  static constexpr int kReadAheadRanges = 10;

 private:
  using RangesByEnd = std::map<std::string, RangeLocation>;  // key: METADATA row name

  const RangeLocation* Find(model::TableId table, std::string_view row) const;
  void Remember(RangeLocation location);
  void ForgetServer(const std::string& address);
  Task<Result<RangeLocation>> LocateRoot(Deadline deadline);
  Task<Result<RangeLocation>> LookUp(model::TableId table, std::string row, Deadline deadline);
  Task<Result<RangeLocation>> Resolve(model::RangeRecord record, Deadline deadline);

  ClusterDirectory& directory_;
  protocol::RangeServerStub stub_;
  std::map<model::TableId, RangesByEnd> tables_;
  size_t count_ = 0;
};

}  // namespace cellar::client
