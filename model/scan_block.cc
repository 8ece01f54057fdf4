#include "model/scan_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/shared_prefix.h"

namespace cellar::model {
namespace {

/// Control, family, two numbers of eight bytes, four lengths.
constexpr size_t kMaxCellHeadBytes = 2 + 2 * sizeof(uint64_t) + 4 * common::kMaxVarint64Bytes;

char* StoreLengthPrefixed(char* target, std::string_view bytes) {
  target = common::StoreVarint64(target, bytes.size());
  common::CopyBytes(target, bytes.data(), bytes.size());
  return target + bytes.size();
}

}  // namespace

void ScanBlockWriter::Clear() {
  cells_.clear();
  cell_count_ = 0;
  row_.clear();
  qualifier_.clear();
  family_ = FamilyId();
}

void ScanBlockWriter::Add(const CellView& cell) {
  const KeyView& key = cell.key;
  const size_t shared = cell_count_ > 0 ? common::SharedPrefix(row_.view(), key.row) : 0;
  const bool same_row = cell_count_ > 0 && shared == key.row.size() && shared == row_.size();
  const bool same_column = same_row && key.family == family_ && common::EqualBytes(key.qualifier, qualifier_.view());
  const bool automatic = key.timestamp == key.revision.get();
  char* next = cells_.Reserve(kMaxCellHeadBytes + key.row.size() + key.qualifier.size() + cell.value.size());
  *next++ = static_cast<char>((same_row ? scan_block::kSameRow : 0) | (same_column ? scan_block::kSameColumn : 0) |
                              (automatic ? scan_block::kTimestampIsRevision : 0) |
                              (static_cast<uint8_t>(key.flag) << scan_block::kFlagShift));
  if (!same_row) {
    next = common::StoreVarint64(next, shared);
    next = StoreLengthPrefixed(next, key.row.substr(shared));
    row_.replace_behind(shared, key.row.substr(shared));
  }
  if (!same_column) {
    *next++ = static_cast<char>(key.family.get());
    next = StoreLengthPrefixed(next, key.qualifier);
    family_ = key.family;
    qualifier_.assign(key.qualifier);
  }
  common::StoreFixed64(next, static_cast<uint64_t>(key.revision.get()));
  next += sizeof(uint64_t);
  if (!automatic) {
    common::StoreFixed64(next, static_cast<uint64_t>(key.timestamp));
    next += sizeof(uint64_t);
  }
  next = StoreLengthPrefixed(next, cell.value);
  cells_.WrittenUpTo(next);
  ++cell_count_;
}

std::string ScanBlockWriter::Finish() {
  std::string block;
  block.reserve(2 + common::kMaxVarint32Bytes + cells_.size());
  common::PutFixed8(&block, kScanBlockVersion);
  common::PutFixed8(&block, 0);
  common::PutVarint32(&block, cell_count_);
  block.append(cells_.view());
  Clear();
  return block;
}

ScanBlockReader::ScanBlockReader(std::string_view block) {
  common::Reader head(block);
  uint8_t version = 0;
  uint8_t flags = 0;
  if (!head.GetFixed8(&version) || !head.GetFixed8(&flags)) {
    status_ = common::Corruption("scan block is cut off in its head");
  } else if (version != kScanBlockVersion || flags != 0) {
    status_ = common::Unsupported(fmt::format("scan block of version {}, flags {}", version, flags));
  } else if (!head.GetVarint32(&cell_count_)) {
    status_ = common::Corruption("scan block is cut off in its head");
  }
  next_ = head.rest().data();
  limit_ = next_ + head.rest().size();
}

bool ScanBlockReader::End() {
  if (!status_.ok()) return false;
  if (cells_read_ < cell_count_) {
    status_ = common::Corruption(fmt::format("scan block: cell {} of {} is malformed", cells_read_, cell_count_));
    next_ = limit_;  // nothing more is read
  } else if (next_ != limit_) {
    status_ = common::Corruption("scan block has bytes behind its last cell");
  }
  return false;
}

Result<std::vector<Cell>> DecodeScanBlock(std::string_view block) {
  ScanBlockReader reader(block);
  std::vector<Cell> cells;
  CellView cell;
  while (reader.Next(&cell)) cells.emplace_back(cell);
  RETURN_IF_ERROR(reader.status());
  return cells;
}

}  // namespace cellar::model
