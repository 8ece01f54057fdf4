#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/key_codec.h"
#include "model/row_interval.h"

namespace cellar::storage {

/// A half-open stretch of encoded keys: [start, end), without end when `end` is absent.
struct KeyBounds {
  std::string start;
  std::optional<std::string> end;

  /// The keys of the rows of `rows`.
  static KeyBounds Of(const model::RowInterval& rows) {
    KeyBounds bounds;
    if (!rows.start_unbounded)
      bounds.start = rows.start_inclusive ? model::RowStart(rows.start) : model::RowEnd(rows.start);
    if (!rows.end_unbounded) bounds.end = rows.end_inclusive ? model::RowEnd(rows.end) : model::RowStart(rows.end);
    return bounds;
  }

  bool is_past_end(std::string_view key) const { return end.has_value() && key >= *end; }
  bool Contains(std::string_view key) const { return key >= start && !is_past_end(key); }
};

}  // namespace cellar::storage
