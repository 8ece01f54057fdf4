#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "client/cpp/client_core.h"
#include "client/cpp/frame_update.h"
#include "model/cell.h"
#include "model/cell_codec.h"
#include "model/index_entry.h"
#include "model/schema.h"

namespace cellar::client {

/// How long after its entry a cell may still be taken by a server: whoever finds an entry without a cell that much
/// later knows that none will come (docs/internals/indexes.md). By the clocks of the servers.
inline constexpr Nanos kEntryLife = 600 * kSecond;

/// Collects the index entries of cells that are about to be written. Costs nothing for tables without indexes.
class EntryFrames {
 public:
  explicit EntryFrames(std::shared_ptr<const model::Schema> schema);
  /// Only those of some kinds.
  EntryFrames(std::shared_ptr<const model::Schema> schema, const std::vector<model::IndexKind>& kinds);

  void Add(const model::CellView& cell) {
    if (!indexes_.empty()) AddEntriesOf(cell);
  }
  /// Every cell of one row of a frame.
  void AddRow(const model::FrameView& frame, const model::RowExtent& row);
  size_t size_bytes() const {
    size_t bytes = 0;
    for (const Index& index : indexes_) bytes += index.builder.size_bytes();
    return bytes;
  }

  /// What was added, a frame for each index table that gets some.
  std::vector<TableFrame> Build();

 private:
  struct Index {
    model::IndexKind kind;
    model::TableId table;
    model::FrameBuilder builder;

    Index(model::IndexKind kind_in, model::TableId table_in)
        : kind(kind_in), table(table_in), builder(model::IndexTableSchema()->key_codec()) {}
  };

  void AddEntriesOf(const model::CellView& cell);

  std::shared_ptr<const model::Schema> schema_;
  std::vector<Index> indexes_;
};

/// Writes entries until all are acknowledged: from then on their cells may be sent, and taken until the returned wall
/// time (nullopt: of no entries, at any time). An error: some are not there, and none of the cells may be sent;
/// kStaleSchema: an index is gone, and the newest schema says what is in its place.
Task<Result<std::optional<Nanos>>> WriteEntries(ClientCore& core, std::vector<TableFrame> entries, Deadline deadline);

}  // namespace cellar::client
