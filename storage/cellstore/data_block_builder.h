#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace cellar::storage {

/// Last bytes of a data block: docs/internals/cellstore.md, "Data block".
struct DataBlockFooter {
  static constexpr size_t kBytes = 28;

  uint64_t revision_low = 0;
  uint64_t time_low = 0;
  uint32_t cell_count = 0;
  uint32_t cells_size = 0;
  uint8_t revision_bits = 0;
  uint8_t time_bits = 0;
  uint8_t time_mode = 0;
  uint8_t restart_interval = 0;
};

/// An element is loaded with one unaligned read of 64 bits, of which up to 7 are shifted out.
inline constexpr uint8_t kMaxPackedBits = 56;
inline constexpr bool IsArrayWidth(uint8_t bits) {
  return bits <= kMaxPackedBits || bits == 64;
}
inline constexpr uint64_t ArrayBytes(uint64_t count, uint8_t bits) {
  return (count * bits + 7) / 8;
}

// Values of time_mode, for T and R as the key holds them.
inline constexpr uint8_t kTimesApart = 0;
inline constexpr uint8_t kTimeIsRevision = 1;
inline constexpr uint8_t kTimeIsInvertedRevision = 2;

/// Makes the bytes of one data block after the other. Keys ascend; the caller checks them. Not thread-safe.
class DataBlockBuilder {
 public:
  explicit DataBlockBuilder(uint8_t restart_interval) : restart_interval_(restart_interval) {}

  void Add(std::string_view key, std::string_view value);

  bool empty() const { return revisions_.empty(); }
  uint32_t cell_count() const { return static_cast<uint32_t>(revisions_.size()); }

  /// At least the size of the block if this cell were added.
  size_t SizeWith(std::string_view key, std::string_view value) const;

  /// Appends the block to `out`, which becomes the cells that came before; the builder is empty afterwards.
  void Build(std::string* out);

 private:
  /// The width of one array of numbers, kept while they arrive.
  struct Spread {
    uint64_t low = std::numeric_limits<uint64_t>::max();
    uint64_t high = 0;

    void Add(uint64_t number) {
      if (number < low) low = number;
      if (number > high) high = number;
    }
    uint8_t bits() const;  ///< That hold high - low, as widths are allowed.
  };

  uint8_t TimeMode() const;

  const uint8_t restart_interval_;
  std::string cells_;
  std::string last_prefix_;
  size_t last_value_size_ = 0;
  std::vector<uint32_t> restarts_;
  std::vector<uint64_t> revisions_;
  std::vector<uint64_t> times_;
  Spread revision_spread_;
  Spread time_spread_;
  bool times_are_revisions_ = true;
  bool times_are_inverted_ = true;
};

}  // namespace cellar::storage
