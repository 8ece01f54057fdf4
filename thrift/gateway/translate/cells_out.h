#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "model/cell.h"
#include "model/schema.h"
#include "thrift/gateway/translate/api.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::thrift {

// The three forms in which cells are sent to clients. Each takes one cell after the other, and knows about how many
// bytes it holds.

class CellList {
 public:
  explicit CellList(std::vector<api::Cell>& out) : out_(out) {}

  Status Add(const model::CellView& cell, std::string_view family);
  size_t size_bytes() const { return size_bytes_; }
  bool empty() const { return out_.empty(); }

 private:
  std::vector<api::Cell>& out_;
  size_t size_bytes_ = 0;
};

/// Always five texts; the timestamp as the ancestor prints it, without a sign.
class ArrayList {
 public:
  explicit ArrayList(std::vector<api::CellAsArray>& out) : out_(out) {}

  Status Add(const model::CellView& cell, std::string_view family);
  size_t size_bytes() const { return size_bytes_; }
  bool empty() const { return out_.empty(); }

 private:
  std::vector<api::CellAsArray>& out_;
  size_t size_bytes_ = 0;
};

/// kInvalidArgument (55) for a NUL that version 1 cannot hold.
class PackedList {
 public:
  explicit PackedList(int32_t version) : writer_(version) {}

  Status Add(const model::CellView& cell, std::string_view family) { return writer_.Add(cell, family); }
  Status AddAll(model::ScanBlockReader& block, const model::Schema& schema, size_t full_bytes) {
    return writer_.AddAll(block, schema, full_bytes);
  }
  /// Makes room for a list of this size.
  void Reserve(size_t size_bytes) { writer_.Reserve(size_bytes); }
  size_t size_bytes() const { return writer_.size_bytes(); }
  bool empty() const { return writer_.empty(); }
  std::string Finish(bool end_of_scan) { return writer_.Finish(end_of_scan ? kEndOfScan : uint8_t{0}); }

 private:
  PackedCellsWriter writer_;
};

/// The list that fills `cells`.
inline CellList ListFor(std::vector<api::Cell>& cells) {
  return CellList(cells);
}
inline ArrayList ListFor(std::vector<api::CellAsArray>& cells) {
  return ArrayList(cells);
}

/// RETURN_DELETES gives the updates of a counter one by one, encoded: clients get their text, as they send it.
/// `scratch` holds it.
void ShowCounterUpdate(const model::Schema& schema, model::CellView* cell, std::string* scratch);

}  // namespace cellar::thrift
