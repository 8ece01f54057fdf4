#include "bench/dataset.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "bench/workload.h"
#include "common/bytes/hash.h"

namespace cellar::bench {

Dataset::Dataset(uint64_t seed, uint64_t cells) {
  InsertWorkload workload(seed);
  cells_.resize(cells);
  for (Cell& cell : cells_) {
    workload.Next();
    std::memcpy(cell.row, workload.row().data(), kRowBytes);
    std::memcpy(cell.value, workload.value().data(), kValueBytes);
    AddToDigest(workload.row(), workload.value(), &all_cells_.digest);
  }
  all_cells_.cells = cells;
  CountLastOfEachRow();
}

void Dataset::CountLastOfEachRow() {
  std::vector<uint32_t> order(cells_.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) {
    const int rows = row(a).compare(row(b));
    return rows != 0 ? rows < 0 : a < b;
  });
  for (size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && row(order[i]) == row(order[i + 1])) continue;
    AddToDigest(row(order[i]), value(order[i]), &last_of_each_row_.digest);
    ++last_of_each_row_.cells;
  }
}

std::vector<uint32_t> Dataset::PartOf(size_t writer, size_t writers) const {
  std::vector<uint32_t> part;
  part.reserve(cells_.size() / writers + 1);
  for (uint32_t i = 0; i < cells_.size(); ++i) {
    if (writers == 1 || common::Hash64(row(i)) % writers == writer) part.push_back(i);
  }
  return part;
}

}  // namespace cellar::bench
