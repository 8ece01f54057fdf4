#pragma once

#include <memory>
#include <string>
#include <vector>

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

/// Numbers a client's batches, so that each applies once however often it is sent. Loop only.
class BatchNumbers {
 public:
  explicit BatchNumbers(model::SessionId session) : session_(session) {}

  model::SessionId session() const { return session_; }
  model::SequenceNumber Next() { return model::SequenceNumber(++last_); }

 private:
  model::SessionId session_;
  int64_t last_ = 0;
};

/// What every update of one client goes through. All borrowed; they outlive the updates.
struct UpdateSeams {
  Executor& executor;
  RangeLocator& locator;
  protocol::RangeServerStub stub;
  BatchNumbers& numbers;
  Random& random;
};

/// A frame of one table's cells (model/cell_codec.h), with the schema that they were checked against.
struct TableFrame {
  model::TableId table;
  std::shared_ptr<const model::Schema> schema;
  model::Durability durability = model::Durability::kSync;  ///< The stronger of this and the table's holds.
  std::string bytes;

  TableFrame() = default;
};

/// Rows that were not written, and why.
struct FailedRow {
  std::string row;
  Status status;
};

/// The outcome of one frame: OK when every row was acknowledged, else the first error. At most kMaxFailedRows rows are
/// named. kTimedOut among them: that row may have been written.
struct UpdateReport {
  Status status;
  std::vector<FailedRow> failed;
  uint64_t failed_row_count = 0;

  UpdateReport() = default;
};
inline constexpr size_t kMaxFailedRows = 1000;

/// Writes every row of `frame`: cuts it by range server, sends the parts side by side, and sends again what was
/// refused because a range had moved or a server was busy, until all rows are settled or the deadline has passed.
/// A sequence number is used again only for rows whose outcome is unknown (protocols.md B8, docs/internals/client.md).
Task<UpdateReport> ApplyFrame(UpdateSeams seams, TableFrame frame, Deadline deadline);

}  // namespace cellar::client
