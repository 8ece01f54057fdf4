#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/cpp/backoff.h"
#include "client/cpp/batch_numbers.h"
#include "client/cpp/mutation_lanes.h"
#include "client/cpp/range_locator.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/random/random.h"
#include "model/cell_codec.h"
#include "model/ids.h"
#include "model/schema.h"
#include "protocol/rangeserver/stub.h"

namespace cellar::client {

class ClientCore;
class TableSchemas;

/// What every update of one client goes through. All borrowed; they outlive the updates.
struct UpdateSeams {
  Executor& executor;
  RangeLocator& locator;
  protocol::RangeServerStub stub;
  BatchNumbers& numbers;  ///< Of frames.
  MutationLanes& lanes;   ///< Of row mutations.
  Random& random;
  uint32_t master_term = 0;         ///< Of the master that this is, for conditional mutations; 0: it is none.
  TableSchemas* schemas = nullptr;  ///< Null: an update of an old schema fails (kStaleSchema).
  ClientCore* core = nullptr;       ///< By which index entries are written. Null: the tables have no indexes.

  /// The wall time after which a server refuses a batch of an operation with this deadline; `latest` at the latest.
  Nanos ExpiryOf(Deadline deadline, std::optional<Nanos> latest = std::nullopt) const;
};

/// A frame of one table's cells (model/cell_codec.h), with the schema that they were checked against.
struct TableFrame {
  model::TableId table;
  std::shared_ptr<const model::Schema> schema;
  model::Durability durability = model::Durability::kSync;  ///< The stronger of this and the table's holds.
  std::string bytes;
  std::vector<TableFrame> entries;  ///< Of the cells, in index tables: written before them (index_writes.h).

  TableFrame() = default;
};

/// A row that was not written, or one cell of it (the status names it), and why.
struct FailedRow {
  std::string row;
  Status status;
};

/// The outcome of one frame: OK when every row was acknowledged, else the first error. At most kMaxFailedRows are
/// named. kTimedOut among them: that row, or cell, may have been written.
struct UpdateReport {
  Status status;
  std::vector<FailedRow> failed;
  uint64_t failed_count = 0;  ///< Also of those that are not named.

  UpdateReport() = default;
};
inline constexpr size_t kMaxFailedRows = 1000;

/// The life of one frame (docs/internals/client.md): cut by range server, sent side by side, sent again for what was
/// refused or unknown. Rows refused because the table was altered go again under its new schema, without the cells of
/// families that were dropped: those fail one by one. Loop only; outlives its tasks, which may be destroyed where they
/// wait: then the outcome of what is not settled is unknown.
///
/// No row is sent before its index entries, by the schema it is sent under, are there; rows whose entries cannot be
/// written fail (docs/internals/indexes.md).
///
/// A sequence number is used again only for rows whose outcome is unknown (protocols.md B8).
class FrameUpdate {
 public:
  FrameUpdate(UpdateSeams seams, TableFrame frame, Deadline deadline);

  /// What is to be written before the first try, which does that by itself unless WriteEntries came before.
  bool has_entries() const { return !frame_.entries.empty(); }
  Task<void> WriteEntries();

  /// Sends every row once. True: all are settled, look at report().
  Task<bool> FirstTry();

  /// FirstTry in two steps. Finds out where the rows are; false: not of all, and those stay for Finish.
  Task<bool> Locate();
  /// Sends what was located. When it waits for the first time, what goes over an open connection is in its queue.
  Task<bool> SendLocated();

  /// Tries again until all rows are settled or the deadline has passed. Nothing else of the session is under way.
  Task<void> Finish();

  const UpdateReport& report() const { return report_; }
  UpdateReport TakeReport() { return std::move(report_); }

  /// Of the frame; fewer once families of some were dropped.
  uint64_t cell_count() const { return view_.cell_count; }
  /// Something of the frame went out, or tried to.
  bool was_sent() const { return was_sent_; }
  /// Cells that servers have acknowledged so far.
  uint64_t acknowledged_cells() const;

  /// The least revision that a server has told for some of the rows.
  const std::optional<model::Revision>& oldest_base() const { return oldest_base_; }

 private:
  /// Consecutive rows of the frame that travel under one sequence number.
  struct Part {
    size_t first_row = 0;
    size_t row_count = 0;
    model::SequenceNumber sequence;  ///< Given when sent; given anew for the next try unless maybe_applied.
    bool maybe_applied = false;      ///< Some try under this number was not answered.

    Part() = default;
    Part(size_t first, size_t count) : first_row(first), row_count(count) {}
    Part Slice(size_t first, size_t count) const {
      Part slice = *this;
      slice.first_row = first;
      slice.row_count = count;
      return slice;
    }
  };
  /// What goes to one server in one call.
  struct Shipment {
    std::vector<Part> parts;
    Result<protocol::UpdateResponse> response = common::Cancelled("not sent");

    Shipment() = default;
  };
  using Shipments = std::map<std::string, Shipment>;  // by address

  void ParseRows();
  Task<void> TryAll(bool resumes);
  Task<void> SendAndSettle(bool resumes);
  Task<void> Route();
  size_t FirstRowBehind(const model::RangeKey& range, size_t row, size_t end) const;
  Task<void> SendOne(std::string address, Shipment* shipment, bool resumes);
  protocol::UpdateFrame Describe(const Part& part, bool resumes, std::string* attachment) const;
  void Settle(Shipment& shipment);
  uint64_t CellsOf(const Part& part) const;
  uint64_t AcknowledgedOf(const Shipment& shipment) const;
  static std::optional<Part> RowsOf(const Part& part, const protocol::RefusedRows& refused);
  void SettleRefused(const Part& part, const protocol::RefusedRows& refused);
  void KeepOrFail(Part part, const Status& status, std::vector<Part>* kept);
  void NoteBase(model::Revision base);
  void FailAll();
  void Fail(const Part& part, const Status& cause);
  void Report(std::string row, bool maybe_applied, const Status& cause);
  Task<void> LearnSchema();
  void Adopt(std::shared_ptr<const model::Schema> schema);
  bool HasDroppedFamily(const model::Schema& schema) const;
  void LeaveOutDroppedFamilies(const model::Schema& schema);
  void RemakeEntries();

  UpdateSeams seams_;
  TableFrame frame_;  ///< What is settled may have gone from it.
  const Deadline deadline_;
  Backoff backoff_;
  model::FrameView view_;
  std::vector<Part> pending_;
  Shipments shipments_;    ///< On their way.
  bool is_stale_ = false;  ///< There is a newer schema: nothing is sent before it is learnt.
  Status last_error_;
  UpdateReport report_;
  bool was_sent_ = false;
  uint64_t acknowledged_cells_ = 0;   ///< Of what is settled.
  std::optional<Nanos> takes_until_;  ///< No server takes a row later than at this wall time.
  std::optional<model::Revision> oldest_base_;
};

}  // namespace cellar::client
