#include "bench/workload.h"

#include "common/bytes/hash.h"

namespace cellar::bench {

void InsertWorkload::Next() {
  constexpr uint64_t kRows = 100'000'000;
  uint64_t number = random_.Uniform(kRows);
  for (size_t place = row_.size(); place-- > 0; number /= 10) row_[place] = static_cast<char>('0' + number % 10);
  // Eight random bytes shown in hex: sixteen characters with half a byte of entropy each.
  uint64_t bits = random_.Next();
  for (char& c : value_) {
    c = "0123456789abcdef"[bits & 15];
    bits >>= 4;
  }
}

void AddToDigest(std::string_view row, std::string_view value, uint64_t* digest) {
  *digest += common::Hash64(row) * 31 + common::Hash64(value);
}

}  // namespace cellar::bench
