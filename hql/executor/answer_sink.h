#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/status.h"
#include "hql/load/cell_format.h"
#include "model/cell.h"

namespace cellar::hql {

/// How far LOAD DATA INFILE is.
struct LoadProgress {
  uint64_t bytes_read = 0;  ///< As stored: packed ones of a .gz file.
  std::optional<uint64_t> total_bytes;
  uint64_t cell_count = 0;

  LoadProgress() = default;
};

/// How far REBUILD INDICES is.
struct RebuildProgress {
  uint64_t cell_count = 0;      ///< Read, whose entries are written or about to be.
  std::optional<double> share;  ///< Of all, about; none: not known.

  RebuildProgress() = default;
};

/// Takes a statement's answer while it is made. An error from it ends the statement with that error. Called from the
/// thread of Interpreter::Execute.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;

  /// Text of the answer: one or more lines, without the last one's end.
  virtual Status Lines(std::string_view text) = 0;

  /// A cell of SELECT or DUMP TABLE, with how the statement wants it written. The views hold during the call only.
  virtual Status Cell(const CellFormat& format, const model::CellView& cell, std::string_view family) = 0;

  /// Something to know beside the answer: a warning, a summary.
  virtual void Notice(std::string_view text) = 0;

  /// From time to time while a file is loaded.
  virtual void Progress(const LoadProgress& progress) = 0;

  /// From time to time while indexes are made anew. From another thread, while that of Execute waits.
  virtual void Progress(const RebuildProgress& progress) = 0;
};

}  // namespace cellar::hql
