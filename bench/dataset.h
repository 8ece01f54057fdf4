#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cellar::bench {

/// What a scan finds: how many cells, and their order-independent digest.
struct Contents {
  uint64_t cells = 0;
  uint64_t digest = 0;

  friend bool operator==(const Contents&, const Contents&) = default;
};

/// The cells of workload B1, made before anything is measured. The same seed gives the same cells to every system.
class Dataset {
 public:
  static constexpr size_t kRowBytes = 8;
  static constexpr size_t kValueBytes = 16;

  Dataset(uint64_t seed, uint64_t cells);

  uint64_t size() const { return cells_.size(); }
  std::string_view row(uint64_t index) const { return std::string_view(cells_[index].row, kRowBytes); }
  std::string_view value(uint64_t index) const { return std::string_view(cells_[index].value, kValueBytes); }

  /// The cells that writer `writer` of `writers` writes, ascending: each row has one writer, so that the last of two
  /// cells with the same row is the same one in every run.
  std::vector<uint32_t> PartOf(size_t writer, size_t writers) const;

  const Contents& all_cells() const { return all_cells_; }
  const Contents& last_of_each_row() const { return last_of_each_row_; }

 private:
  struct Cell {
    char row[kRowBytes];
    char value[kValueBytes];
  };

  void CountLastOfEachRow();

  std::vector<Cell> cells_;
  Contents all_cells_;
  Contents last_of_each_row_;
};

}  // namespace cellar::bench
