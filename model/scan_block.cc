#include "model/scan_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/shared_prefix.h"

namespace cellar::model {
namespace {

constexpr uint8_t kSameRow = 1;
constexpr uint8_t kSameColumn = 2;
constexpr uint8_t kTimestampIsRevision = 4;
constexpr int kFlagShift = 3;
constexpr uint8_t kUnusedBits = 0xC0;

/// Control, family, two numbers of eight bytes, four lengths.
constexpr size_t kMaxCellHeadBytes = 2 + 2 * sizeof(uint64_t) + 4 * common::kMaxVarint64Bytes;

char* StoreLengthPrefixed(char* target, std::string_view bytes) {
  target = common::StoreVarint64(target, bytes.size());
  common::CopyBytes(target, bytes.data(), bytes.size());
  return target + bytes.size();
}

}  // namespace

void ScanBlockWriter::Clear() {
  size_ = 0;
  cell_count_ = 0;
  row_.clear();
  qualifier_.clear();
  family_ = FamilyId();
}

void ScanBlockWriter::Grow(size_t size) {
  constexpr size_t kFirstBytes = 1 << 10;
  capacity_ = std::max({kFirstBytes, 2 * capacity_, size_ + size});
  auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
  if (size_ > 0) std::memcpy(larger.get(), cells_.get(), size_);
  cells_ = std::move(larger);
}

void ScanBlockWriter::Add(const CellView& cell) {
  const KeyView& key = cell.key;
  const size_t shared = cell_count_ > 0 ? common::SharedPrefix(row_.view(), key.row) : 0;
  const bool same_row = cell_count_ > 0 && shared == key.row.size() && shared == row_.size();
  const bool same_column = same_row && key.family == family_ && common::EqualBytes(key.qualifier, qualifier_.view());
  const bool automatic = key.timestamp == key.revision.get();
  char* next = Reserve(kMaxCellHeadBytes + key.row.size() + key.qualifier.size() + cell.value.size());
  *next++ = static_cast<char>((same_row ? kSameRow : 0) | (same_column ? kSameColumn : 0) |
                              (automatic ? kTimestampIsRevision : 0) | (static_cast<uint8_t>(key.flag) << kFlagShift));
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
  size_ = static_cast<size_t>(next - cells_.get());
  ++cell_count_;
}

std::string ScanBlockWriter::Finish() {
  std::string block;
  block.reserve(2 + common::kMaxVarint32Bytes + size_);
  common::PutFixed8(&block, kScanBlockVersion);
  common::PutFixed8(&block, 0);
  common::PutVarint32(&block, cell_count_);
  block.append(cells_.get(), size_);
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

bool ScanBlockReader::Next(CellView* cell) {
  if (!status_.ok()) return false;
  if (cells_read_ == cell_count_) {
    if (next_ != limit_) status_ = common::Corruption("scan block has bytes behind its last cell");
    return false;
  }
  if (!ReadCell(cell)) {
    status_ = common::Corruption(fmt::format("scan block: cell {} of {} is malformed", cells_read_, cell_count_));
    return false;
  }
  ++cells_read_;
  return true;
}

bool ScanBlockReader::TakeSize(uint32_t* size) {
  if (next_ < limit_ && static_cast<signed char>(*next_) >= 0) {  // one byte: the usual case
    *size = static_cast<unsigned char>(*next_++);
    return true;
  }
  next_ = common::LoadVarint32(next_, limit_, size);
  return next_ != nullptr;
}

bool ScanBlockReader::TakeBytes(std::string_view* bytes) {
  uint32_t size = 0;
  if (!TakeSize(&size) || size > static_cast<size_t>(limit_ - next_)) return false;
  *bytes = std::string_view(next_, size);
  next_ += size;
  return true;
}

bool ScanBlockReader::TakeNumber(uint64_t* number) {
  if (limit_ - next_ < static_cast<ptrdiff_t>(sizeof(*number))) return false;
  *number = common::LoadFixed64(next_);
  next_ += sizeof(*number);
  return true;
}

bool ScanBlockReader::ReadRow() {
  uint32_t shared = 0;
  std::string_view row_rest;
  if (!TakeSize(&shared) || shared > row_.size() || !TakeBytes(&row_rest)) return false;
  row_.replace_behind(shared, row_rest);
  return !row_.empty();
}

bool ScanBlockReader::ReadCell(CellView* cell) {
  if (next_ == limit_) return false;
  const auto control = static_cast<uint8_t>(*next_++);
  if ((control & kUnusedBits) != 0) return false;
  const auto flag = static_cast<uint8_t>(control >> kFlagShift);
  if (flag > kLargestKeyFlag) return false;
  const bool same_row = (control & kSameRow) != 0;
  const bool same_column = (control & kSameColumn) != 0;
  if ((same_row && cells_read_ == 0) || (same_column && !same_row)) return false;
  if (!same_row && !ReadRow()) return false;
  if (!same_column) {
    if (next_ == limit_) return false;
    family_ = FamilyId(static_cast<uint8_t>(*next_++));
    if (!TakeBytes(&qualifier_)) return false;
  }
  uint64_t revision = 0;
  if (!TakeNumber(&revision)) return false;
  uint64_t timestamp = revision;
  if ((control & kTimestampIsRevision) == 0 && !TakeNumber(&timestamp)) return false;
  if (!TakeBytes(&cell->value)) return false;
  cell->key = KeyView{row_.view(),
                      family_,
                      qualifier_,
                      static_cast<KeyFlag>(flag),
                      static_cast<int64_t>(timestamp),
                      Revision(static_cast<int64_t>(revision))};
  return true;
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
