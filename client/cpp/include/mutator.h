#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "model/cell.h"
#include "model/schema_options.h"

namespace cellar::client {

class MutatorFlow;
class Table;

struct MutatorOptions {
  size_t frame_bytes = 512 << 10;               ///< A frame is sent when it has grown to this.
  size_t in_flight_bytes = 16 << 20;            ///< Set waits when more than this is under way.
  std::optional<model::Durability> durability;  ///< The stronger of this and the table's holds.

  MutatorOptions() = default;
};

/// A row that was not written. kTimedOut: it may have been.
struct RefusedRow {
  std::string row;
  Status status;
};

/// Buffers writes to one table and sends them in large frames, many at once, in order. Used by one thread.
/// Nothing is acknowledged until Flush (or Close) returned OK. The first error is kept and returned by every later
/// call until TakeError; writes after it go on being sent.
class Mutator {
 public:
  explicit Mutator(std::unique_ptr<MutatorFlow> flow);
  ~Mutator();  ///< Sends nothing more; call Close.

  /// Checks and buffers one cell, delete markers too. kInvalidArgument names the field; nothing is buffered then.
  /// Blocks while `in_flight_bytes` are under way.
  Status Set(const model::CellView& cell);

  /// Family by name; an automatic timestamp unless one is given. 0x5000A in detail() for an unknown family.
  Status Set(std::string_view row, std::string_view family, std::string_view qualifier, std::string_view value,
             std::optional<int64_t> timestamp = std::nullopt);

  /// Waits until everything that was set has been acknowledged or refused. The first error, if any.
  Status Flush();

  /// Flush, then no more calls.
  Status Close();

  /// The rows behind the first errors, at most 1,000, and forgets error and rows.
  std::vector<RefusedRow> TakeError();

  uint64_t cell_count() const;  ///< Set so far.
  uint64_t bytes_sent() const;

 private:
  std::unique_ptr<MutatorFlow> flow_;
};

}  // namespace cellar::client
