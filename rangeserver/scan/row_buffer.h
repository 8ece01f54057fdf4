#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cellar::rangeserver {

/// Cells of one row that wait for the row's predicates. Bounded: what does not fit is read a second time.
class RowBuffer {
 public:
  static constexpr size_t kMaxBytes = 4 << 20;

  /// False when there is no room: the buffer is empty then, and stays so until Clear.
  bool Add(std::string_view key, std::string_view value) {
    if (overflowed_) return false;
    if (bytes_.size() + key.size() + value.size() > kMaxBytes) {
      Clear();
      overflowed_ = true;
      return false;
    }
    cells_.push_back(Extent{bytes_.size(), key.size(), value.size()});
    bytes_.append(key);
    bytes_.append(value);
    return true;
  }

  void Clear() {
    bytes_.clear();
    cells_.clear();
    next_ = 0;
    overflowed_ = false;
  }

  bool overflowed() const { return overflowed_; }

  // Reading from front to back.
  bool has_cell() const { return next_ < cells_.size(); }
  std::string_view key() const { return std::string_view(bytes_).substr(cells_[next_].offset, cells_[next_].key_size); }
  std::string_view value() const {
    return std::string_view(bytes_).substr(cells_[next_].offset + cells_[next_].key_size, cells_[next_].value_size);
  }
  void Advance() { ++next_; }

 private:
  struct Extent {
    size_t offset;
    size_t key_size;
    size_t value_size;
  };

  std::string bytes_;
  std::vector<Extent> cells_;
  size_t next_ = 0;
  bool overflowed_ = false;
};

}  // namespace cellar::rangeserver
