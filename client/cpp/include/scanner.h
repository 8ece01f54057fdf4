#pragma once

#include <memory>
#include <string>

#include "client/cpp/include/explanation.h"
#include "common/base/result.h"
#include "model/cell.h"
#include "model/scan_block.h"
#include "model/schema.h"

namespace cellar::client {

class ScannerFace;

/// The cells of one scan, in key order; fetches ahead. Used by one thread.
///
/// Goes on when the table is altered meanwhile. Where no families were named, those that were added come along, and
/// those that were dropped stay away, from some cell on. A named one may be renamed; when it is dropped, the scan ends
/// with kInvalidArgument (0x5000A).
class Scanner {
 public:
  explicit Scanner(std::unique_ptr<ScannerFace> face);
  ~Scanner();  ///< Tells the server when not read to the end.

  /// False at the end and on error: status() tells which. The views hold until the next call.
  bool Next(model::CellView* cell) { return block_.Next(cell) || NextOfNextBlock(cell); }

  /// For who takes cells block by block: those fetched last that Next has not given yet.
  model::ScanBlockReader& block() { return block_; }
  /// Fetches the next ones in their place. False at the end and on error.
  bool NextBlock();

  const Status& status() const;

  /// By which the last cell is to be understood: it has that cell's family. Next may put a newer one in its place.
  const std::shared_ptr<const model::Schema>& schema() const;

  /// What was read so far; nothing unless the scanner was asked to count.
  ScanReads reads();

  /// Makes a Next that waits, in another thread, and every later one return false with kCancelled.
  void Cancel();

 private:
  bool NextOfNextBlock(model::CellView* cell);

  std::unique_ptr<ScannerFace> face_;
  model::ScanBlockReader block_;  ///< Of the face's present block.
};

}  // namespace cellar::client
