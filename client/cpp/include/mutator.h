#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/time/clock.h"
#include "model/cell.h"
#include "model/schema_options.h"

namespace cellar::client {

class MutatorFace;

/// How much a Mutator collects and sends ahead.
struct MutatorOptions {
  size_t frame_bytes = 512 << 10;               ///< A frame is sent when it has grown to this.
  size_t in_flight_bytes = 16 << 20;            ///< Set waits when more than this is under way.
  std::optional<model::Durability> durability;  ///< In place of the table's.

  MutatorOptions() = default;
};

/// A row that was not written. kTimedOut: it may have been.
struct RefusedRow {
  std::string row;
  Status status;
};

/// What is known of the cells that were set. Those that are neither acknowledged nor of unknown outcome were refused,
/// or never sent.
struct MutatorCounts {
  uint64_t set = 0;
  uint64_t acknowledged = 0;
  uint64_t unknown = 0;  ///< After Cancel: at most so many were on their way; they were written, will be, or not.

  MutatorCounts() = default;
};

/// Buffers writes to one table and sends them in large frames, many at once; of two writes to one cell the later one
/// wins. Used by one thread. Nothing is acknowledged until Flush (or Close) returned OK. The first error is kept and
/// returned by every later call until TakeError.
class Mutator {
 public:
  explicit Mutator(std::unique_ptr<MutatorFace> face);
  ~Mutator();  ///< What was not flushed may be lost: call Close.

  /// Checks and buffers one cell, delete markers too. kInvalidArgument names the field; nothing is buffered then. The
  /// value of a counter's cell is an encoded model::CounterUpdate.
  /// Blocks while `in_flight_bytes` are under way.
  Status Set(const model::CellView& cell);

  /// Family by name; an automatic timestamp unless one is given; a counter's value as text: "5", "+5", "-3", "=0".
  /// Public code 9 for an unknown family and for any other text.
  Status Set(std::string_view row, std::string_view family, std::string_view qualifier, std::string_view value,
             std::optional<int64_t> timestamp = std::nullopt);

  /// Waits until everything that was set has been acknowledged or refused. The first error, if any.
  Status Flush();

  /// Flush, then no more calls.
  Status Close() { return Flush(); }

  /// From any thread, once for all: nothing more is sent, and what is under way has `kLastPatience` to be answered. A
  /// Set or Flush that waits ends then, as every later one: kCancelled, unless all that was set was acknowledged.
  void Cancel();
  static constexpr Nanos kLastPatience = kSecond;

  /// The rows behind the first errors, at most 1,000; forgets error and rows.
  std::vector<RefusedRow> TakeError();

  /// The error that is kept: of what was sent, not of a cell that Set refused.
  const Status& error() const;

  uint64_t cell_count() const;  ///< Set so far.

  /// As of the end of the last call that sent something or waited. After Cancel: final once Flush has returned.
  MutatorCounts counts() const;

 private:
  std::unique_ptr<MutatorFace> face_;
};

}  // namespace cellar::client
