#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/bytes/short_bytes.h"
#include "common/time/clock.h"
#include "model/schema.h"
#include "storage/cell_source.h"

namespace cellar::rangeserver {

/// Turns the writes of a range in key order into the state they make: docs/internals/scan-semantics.md, section 1.
/// Drops what delete markers hide, replaced and excess versions, expired cells, cells of dropped families, and cells
/// above the snapshot. Scans, conditions and compactions all read through it.
///
/// Streams without copying, but for columns whose versions depend on the order of their writes (that page, "A merge in
/// key order"): those are collected in memory, column by column. Owns its input; borrows nothing else.
class StateSource final : public storage::CellSource {
 public:
  enum class Mode : uint8_t {
    kState,    ///< The state alone: input is everything up to the snapshot.
    kPartial,  ///< Input is part of the writes (minor and merging compaction): keeps markers, drops only what no other
               ///< part can make visible again.
  };

  struct Options {
    Mode mode = Mode::kState;
    model::Revision snapshot{INT64_MAX};
    Nanos now = 0;  ///< Decides on TTL. Never before the newest write: max(clock, revision of the snapshot).
    bool fold_counters = false;  ///< kState: each counter column becomes one update, unless its family has a TTL.

    Options() = default;
  };

  /// What went in and what did not come out.
  struct Counts {
    uint64_t cells_in = 0;       ///< Up to the snapshot.
    uint64_t cells_dropped = 0;  ///< Inserts.
    uint64_t markers_dropped = 0;
    uint64_t counters_folded = 0;  ///< Updates that went into another cell; not in cells_dropped.
  };

  StateSource(std::shared_ptr<const model::Schema> schema, std::unique_ptr<storage::CellSource> input, Options options);

  void SeekToFirst() override;
  /// `target` is the start of a row, family or column (model::RowStart, FamilyStart, ColumnStart). Markers of the row
  /// and family that stand before it are read first: up to three seeks of the input. kPartial: starts of rows only.
  void Seek(std::string_view target) override;
  bool Valid() const override { return place_ != Place::kNone; }
  void Next() override;
  std::string_view key() const override;
  std::string_view value() const override;
  const Status& status() const override { return status_.ok() ? input_->status() : status_; }

  const Counts& counts() const { return counts_; }

 private:
  enum class Place : uint8_t { kNone, kInput, kBuffer };
  enum class ColumnMode : uint8_t { kUndecided, kStream, kKeepAll, kReplay, kFold };

  struct Marker {
    int64_t timestamp;
    model::Revision revision;
    model::KeyFlag flag;
  };
  using Markers = std::vector<Marker>;
  using BufferedCell = std::pair<std::string, std::string>;

  void Reset();
  /// To the next cell that stays, from the input's current one.
  void Settle();
  /// Takes the markers of one kind that stand at or after `start` and before `target`.
  void TakeMarkersBefore(std::string_view target, std::string_view start, model::KeyFlag flag);
  /// True when the column at hand had to be collected: what stays of it is in buffer_.
  bool CollectsColumn(std::string_view key);
  bool KeepsCell(std::string_view key);
  /// Brings row_, family and column up to the cell at hand.
  void EnterCell(std::string_view key);
  void EnterRow(std::string_view key);
  bool TakeMarker(std::string_view key, model::KeyFlag flag);
  ColumnMode DecideColumn() const;
  bool KeepsStreamed(std::string_view key);
  bool IsHidden(int64_t timestamp, model::Revision revision) const;
  bool IsExpired(int64_t timestamp, int64_t at) const;
  bool HasIntervalMarkers() const {
    return !row_markers_.empty() || !family_markers_.empty() || !cell_markers_.empty();
  }

  /// Collects the rest of the column from the input and fills buffer_ with what stays.
  void ReplayColumn();
  void FoldColumn();
  bool IsInColumn(std::string_view key) const;

  const std::shared_ptr<const model::Schema> schema_;
  const std::unique_ptr<storage::CellSource> input_;
  const Options options_;
  Counts counts_;
  Status status_;  ///< Of a cell that makes no sense.

  Place place_ = Place::kNone;
  std::vector<BufferedCell> buffer_;
  size_t buffer_next_ = 0;

  // Of the row, family and column that the input is in.
  common::ShortBytes column_;     ///< Column prefix (model::ColumnPrefixLength) of the cell before.
  size_t row_prefix_length_ = 0;  ///< Of column_.
  model::FamilyId family_;
  bool family_is_live_ = false;
  Markers row_markers_;
  Markers family_markers_;
  Markers cell_markers_;
  Markers version_markers_;
  ColumnMode column_mode_ = ColumnMode::kUndecided;
  uint32_t version_count_ = 0;
  bool has_previous_ = false;
  int64_t previous_timestamp_ = 0;
};

}  // namespace cellar::rangeserver
