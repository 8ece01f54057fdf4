#pragma once

#include <cstdint>
#include <string>

#include "common/random/random.h"

namespace cellar::bench {

/// The cells of workload B1 (bench/README.md): row keys of 8 decimal digits, uniform over 10^8, values of
/// 16 bytes that compress to about half. The same seed gives the same cells to every system under test.
class InsertWorkload {
 public:
  explicit InsertWorkload(uint64_t seed) : random_(seed) {}

  /// Moves on to the next cell.
  void Next();

  const std::string& row() const { return row_; }
  const std::string& value() const { return value_; }

 private:
  SeededRandom random_;
  std::string row_ = std::string(8, '0');
  std::string value_ = std::string(16, '0');
};

/// Adds one cell to an order-independent digest.
void AddToDigest(std::string_view row, std::string_view value, uint64_t* digest);

}  // namespace cellar::bench
