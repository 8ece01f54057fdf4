#pragma once

#include <string>
#include <string_view>

#include "model/key.h"

namespace cellar::model {

/// A key with its value, borrowed from elsewhere.
struct CellView {
  KeyView key;
  std::string_view value;

  friend bool operator==(const CellView&, const CellView&) = default;
};

/// A cell that owns its bytes.
struct Cell {
  std::string row;
  FamilyId family;
  std::string qualifier;
  KeyFlag flag = KeyFlag::kInsert;
  int64_t timestamp = kAutomaticTimestamp;
  Revision revision;
  std::string value;

  Cell() = default;
  Cell(std::string row_in, FamilyId family_in, std::string qualifier_in, KeyFlag flag_in, int64_t timestamp_in,
       Revision revision_in, std::string value_in);
  explicit Cell(const CellView& view);

  KeyView key() const { return KeyView{row, family, qualifier, flag, timestamp, revision}; }
  CellView view() const { return CellView{key(), value}; }

  /// One line for tests and logs: `"row" 3:"qualifier" INSERT t=5 r=7 "value"`.
  std::string ToString() const;

  friend bool operator==(const Cell&, const Cell&) = default;
};

}  // namespace cellar::model
