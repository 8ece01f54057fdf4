#pragma once

#include <string_view>

#include "common/bytes/short_bytes.h"
#include "model/key_codec.h"

namespace cellar::rangeserver {

/// Follows keys in order and says where a new row begins, without looking for terminators while the row stays the same.
class RowTracker {
 public:
  /// True when `key` is of another row than the key before.
  bool Enter(std::string_view key) {
    if (Holds(key)) return false;
    Start(key);
    return true;
  }

  /// Enter for who knows that the row is another.
  void Start(std::string_view key) { prefix_.assign(key.substr(0, model::RowPrefixLength(key))); }

  /// Whether `key` is of the row at hand. A byte FF after the prefix would be an escaped NUL within a longer row.
  bool Holds(std::string_view key) const {
    return !prefix_.empty() && key.size() > prefix_.size() &&
           common::EqualBytes(key.data(), prefix_.data(), prefix_.size()) && key[prefix_.size()] != '\xFF';
  }

  void Forget() { prefix_.clear(); }

  /// esc(row) and its terminator.
  std::string_view prefix() const { return prefix_.view(); }
  size_t prefix_size() const { return prefix_.size(); }

 private:
  common::ShortBytes prefix_;
};

}  // namespace cellar::rangeserver
