#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/cpp/include/table.h"
#include "model/scan_spec.h"

namespace cellar::client {

/// A scan whose place can be written down at any cell, and taken up from there later, by anybody. Its intervals are a
/// set, its limits hold for the whole scan. Used by one thread, but for Cancel.
///
/// Taken up again, it reads the row it was in from its beginning and leaves out what comes up to the last cell in the
/// order of keys: each cell comes once. What was written meanwhile is seen where it comes later in that order.
class ResumableScan {
 public:
  /// `token`: empty, or what Token said of a scan of this table with an equal spec, else kInvalidArgument (30).
  /// Refused too (30): cell_offset.
  static Result<std::unique_ptr<ResumableScan>> Open(const std::shared_ptr<Table>& table, model::ScanSpec spec,
                                                     std::string_view token);

  /// As Scanner::Next.
  bool Next(model::CellView* cell);
  const Status& status() const { return scanner_->status(); }
  const std::shared_ptr<const model::Schema>& schema() const { return scanner_->schema(); }
  void Cancel() { scanner_->Cancel(); }

  /// The place behind the cell that Next gave last. Holds for ever, as long as the table does.
  std::string Token() const;

 private:
  /// What a token says.
  struct Place {
    uint32_t request = 0;       ///< Checksum of table and spec.
    uint64_t rows_before = 0;   ///< Given out before the last cell's row,
    uint64_t cells_before = 0;  ///< and their cells.
    std::string last;           ///< Key of the last cell, encoded; empty: nothing was given out.

    Place() = default;
  };

  ResumableScan(std::shared_ptr<Table> table, uint32_t request) : table_(std::move(table)), request_(request) {}
  static Result<Place> Decode(std::string_view token, uint32_t request);
  /// Goes on at `place`: leaves of the spec what is still to be read.
  Status TakeUp(Place place, model::ScanSpec* spec);
  void Remember(const model::CellView& cell);

  const std::shared_ptr<Table> table_;
  const uint32_t request_;
  std::unique_ptr<Scanner> scanner_;
  model::Cell last_;    ///< Given out last, without its value; of a cell given before it was taken up the row only.
  bool began_ = false;  ///< A cell was given out, maybe before it was taken up,
  bool gave_ = false;   ///< or since then.
  uint64_t rows_before_ = 0;
  uint64_t cells_before_ = 0;
  uint64_t cells_of_row_ = 0;  ///< Given out, or left out since they had been.
  std::string leave_out_;      ///< Cells of last_'s row with keys up to this; empty: none.
  std::string key_;
};

}  // namespace cellar::client
