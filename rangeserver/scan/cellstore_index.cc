#include "rangeserver/scan/cellstore_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/pseudo_table.h"
#include "storage/cellstore/block_list.h"
#include "storage/key_bounds.h"

namespace cellar::rangeserver {

namespace {

using EncodedCells = std::vector<std::pair<std::string, std::string>>;

/// Cells in memory.
class ListSource final : public storage::CellSource {
 public:
  explicit ListSource(EncodedCells cells) : cells_(std::move(cells)), next_(cells_.end()) {}

  void SeekToFirst() override { next_ = cells_.begin(); }
  void Seek(std::string_view target) override {
    next_ = std::lower_bound(cells_.begin(), cells_.end(), target,
                             [](const auto& cell, std::string_view key) { return cell.first < key; });
  }
  bool Valid() const override { return next_ != cells_.end(); }
  void Next() override { ++next_; }
  std::string_view key() const override { return next_->first; }
  std::string_view value() const override { return next_->second; }
  const Status& status() const override { return status_; }

 private:
  const EncodedCells cells_;
  EncodedCells::const_iterator next_;
  Status status_;
};

/// The cells of one file's blocks that begin within `bounds`.
Status AddBlocks(const storage::CellStoreReader& reader, const storage::KeyBounds& bounds, const model::KeyCodec& codec,
                 storage::SourceReads* reads, EncodedCells* cells) {
  const storage::CellStoreTrailer& trailer = reader.trailer();
  const auto add = [&](const storage::BlockSummary& block) {
    const std::string row = model::RowOfKey(block.first_key);
    const std::string qualifier = fmt::format("{}:{:08x}", reader.path(), block.place.offset);
    const std::pair<model::FamilyId, uint64_t> columns[] = {
        {model::cellstore_index_family::kSize, block.raw_bytes},
        {model::cellstore_index_family::kCompressedSize, block.place.length},
        {model::cellstore_index_family::kKeyCount, block.cell_count},
    };
    for (const auto& [family, number] : columns) {
      model::KeyView key;
      key.row = row;
      key.family = family;
      key.qualifier = qualifier;
      key.timestamp = trailer.max_revision.get();
      key.revision = trailer.min_revision;
      auto& cell = cells->emplace_back();
      codec.Encode(key, &cell.first);
      cell.second = std::to_string(number);
    }
    return common::OkStatus();
  };
  return storage::ListBlocks(reader, bounds, reads, add);
}

}  // namespace

ScanInput CellStoreIndexInput(const RangeSnapshot& snapshot, model::Revision revision, Nanos now,
                              storage::SourceReads* reads) {
  ScanInput input;
  input.rows = model::RowInterval::Range(snapshot.range().start_row, snapshot.range().end_row);
  input.snapshot = revision;
  input.now = now;
  input.open_sources =
      [kept = std::make_shared<const RangeSnapshot>(snapshot), range = input.rows, reads](
          const model::FamilySet&,
          const model::RowInterval& rows) -> Result<std::vector<std::unique_ptr<storage::CellSource>>> {
    std::vector<std::unique_ptr<storage::CellSource>> sources;
    const model::RowInterval inside = rows.Intersect(range);
    if (inside.IsEmpty()) return sources;
    const model::KeyCodec codec = model::CellStoreIndexSchema()->key_codec();
    EncodedCells cells;
    for (const StoreRows& store : kept->Stores(inside)) {
      RETURN_IF_ERROR(AddBlocks(*store.reader, storage::KeyBounds::Of(store.rows), codec, reads, &cells));
    }
    std::sort(cells.begin(), cells.end());
    sources.push_back(std::make_unique<ListSource>(std::move(cells)));
    return sources;
  };
  return input;
}

}  // namespace cellar::rangeserver
