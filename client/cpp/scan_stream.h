#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/cpp/block_source.h"
#include "client/cpp/include/explanation.h"
#include "client/cpp/range_locator.h"
#include "client/cpp/scan_cells.h"
#include "common/concurrency/deadline.h"
#include "common/concurrency/executor.h"
#include "common/concurrency/task.h"
#include "common/random/random.h"
#include "model/scan_spec.h"
#include "model/schema.h"
#include "protocol/rangeserver/stub.h"

namespace cellar::client {

class TableSchemas;

/// What every scan of one client goes through. All borrowed; they outlive the scans.
struct ScanSeams {
  Executor& executor;
  RangeLocator& locator;
  protocol::RangeServerStub stub;
  Random& random;
  TableSchemas* schemas = nullptr;  ///< Null: a scan with an old schema fails (kStaleSchema).
};

/// What servers are told of a scan beside its spec.
struct ScanLabel {
  std::string table_name;            ///< For those who look what runs.
  std::shared_ptr<ScanReads> reads;  ///< Where to add what was read, on the loop; none: servers do not count.

  ScanLabel() = default;

  /// Of a scan of the table's index, for the sake of the same reader.
  ScanLabel ForIndex(model::IndexKind kind) const;
};

/// One scan over a table, range after range, as scan blocks (model/scan_block.h) in key order. Goes on behind the last
/// cell delivered when a range has moved, a server has failed or a scanner has expired; no row is delivered in parts
/// of two versions (protocols.md L1). And it goes on when the table was altered: from the next range on by the new
/// schema, as long as it has the families that the spec names, whatever their names are by now; without any named, with
/// those that it has. Loop only; one call at a time.
class ScanStream final : public BlockSource {
 public:
  /// Limits and offsets of the spec hold for the whole scan: their state travels from range to range. `block_bytes`:
  /// how much a block should hold (docs/internals/scan.md, "Blocks").
  ScanStream(ScanSeams seams, model::TableId table, std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
             int32_t block_bytes = kScanBlockBytes);

  /// What the servers are told of it. Before the first Next.
  void set_label(ScanLabel label) { label_ = std::move(label); }

  /// kInvalidArgument (0x5000A): a family that the spec names was dropped.
  Task<Result<std::optional<std::string>>> Next(Deadline deadline) override;
  const std::shared_ptr<const model::Schema>& schema() const override { return schema_; }
  Task<void> Close(Deadline deadline) override;

  /// Before the first Next: goes on behind what another stream has delivered, with what it has counted, as part of the
  /// same scan. The spec is that one's but for its rows, which lie behind. One pass only.
  void GoOnFrom(std::string position) {
    resume_ = std::move(position);
    began_ = true;
  }
  /// After the end: for GoOnFrom.
  const std::string& position() const { return position_; }
  /// At the end: because a limit was reached.
  bool limit_reached() const { return limit_reached_; }

  /// Where the scanner is, or was last; empty: there was none. Together with how many there were: whose the last block
  /// is.
  const std::string& address() const { return address_; }
  int opened_count() const { return opened_count_; }

 private:
  using ScanBlock = protocol::RangeServerStub::ScanBlock;

  /// One pass over ascending rows; several only when the spec wants its intervals one after the other.
  struct Pass {
    std::string encoded_spec;
    std::vector<model::RowInterval> rows;  ///< Disjoint and ascending.

    Pass() = default;
  };

  Task<Result<ScanBlock>> Fetch(Deadline deadline);
  Task<Result<ScanBlock>> FetchOnce(Deadline deadline);
  Task<Result<ScanBlock>> Open(Deadline deadline);
  Status Adopt(std::shared_ptr<const model::Schema> schema);
  void Advance(const protocol::ScanBlockResponse& head);
  void AddReads(const protocol::ScanReads& reads);
  void GoOnBehind(const std::optional<std::string>& end_row);
  void StartNextPass();

  ScanSeams seams_;
  const model::TableId table_;
  std::shared_ptr<const model::Schema> schema_;
  const int32_t block_bytes_;
  std::vector<Pass> passes_;
  size_t pass_ = 0;
  bool done_ = false;
  bool began_ = false;  ///< Some server has answered.

  std::string row_;                  ///< The scan goes on in the range that holds it.
  std::string position_;             ///< The last one of resume_.
  bool limit_reached_ = false;       ///< In the last pass.
  std::string resume_;               ///< Of the last block delivered in this pass; empty at first.
  std::optional<int64_t> snapshot_;  ///< Of the range's scanner.
  std::string address_;              ///< Where `scanner_` is open.
  int64_t scanner_ = 0;              ///< 0: none.
  int64_t next_block_ = 0;
  int opened_count_ = 0;
  ScanLabel label_;
  ScanReads scanner_reads_;  ///< Of the present scanner, if it counts.
};

/// What a scan reads one after the other: each interval as a spec of its own when they are to be taken in order, else
/// the spec as it is. Not empty.
std::vector<model::ScanSpec> PassesOf(const model::ScanSpec& spec);

/// Every cell of a source, which the caller keeps alive; at most `limit_bytes` of blocks (else kInvalidArgument).
Task<Result<std::vector<model::Cell>>> ReadAll(BlockSource& source, Deadline deadline, size_t limit_bytes = 64 << 20);

/// Every cell of a small scan, at most `limit_bytes` of blocks (kInvalidArgument when it would be more).
Task<Result<std::vector<model::Cell>>> ScanAll(ScanSeams seams, model::TableId table,
                                               std::shared_ptr<const model::Schema> schema, model::ScanSpec spec,
                                               Deadline deadline, size_t limit_bytes = 64 << 20);

}  // namespace cellar::client
