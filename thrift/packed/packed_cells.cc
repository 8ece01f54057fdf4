#include "thrift/packed/packed_cells.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/short_bytes.h"
#include "model/error_codes.h"
#include "thrift/packed/error_codes.h"

namespace cellar::thrift {
namespace {

constexpr size_t kHeadBytes = 24;  // of version 2
constexpr size_t kLargestFamily = 255;
constexpr size_t kFirstRoomBytes = 256;
constexpr std::string_view kEndsEarly = "the packed cells end early";

bool HasNul(std::string_view bytes) {
  return common::FindNul(bytes.data(), bytes.size()) < bytes.size();
}

}  // namespace

Status ToKeyFlag(int64_t wire_flag, model::KeyFlag* flag) {
  if (wire_flag == kWireInsert) {
    *flag = model::KeyFlag::kInsert;
    return Status();
  }
  if (wire_flag < 0 || wire_flag >= static_cast<int64_t>(model::KeyFlag::kInsert)) {
    return common::InvalidArgument("no cell has the flag " + std::to_string(wire_flag)).WithDetail(model::kBadFormat);
  }
  *flag = static_cast<model::KeyFlag>(wire_flag);
  return Status();
}

// ---- Reading

PackedCellsReader::PackedCellsReader(std::string_view buffer) : rest_(buffer) {
  std::string_view bytes;
  if (!Take(kPackedVersionBytes, &bytes)) return;
  version_ = static_cast<int32_t>(common::LoadFixed32(bytes.data()));
  if (version_ != kPackedVersion1 && version_ != kPackedVersion2) {
    Fail(kVersionMismatch, "packed cells of version " + std::to_string(version_));
  }
}

[[gnu::cold, gnu::noinline]] bool PackedCellsReader::Fail(int32_t code, std::string_view what) {
  status_ = common::InvalidArgument("cell " + std::to_string(cell_count_) + ": " + std::string(what)).WithDetail(code);
  return false;
}

inline bool PackedCellsReader::Take(size_t size, std::string_view* bytes) {
  if (rest_.size() < size) return Fail(kInputOverrun, kEndsEarly);
  *bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool PackedCellsReader::TakeText(std::string_view* text) {
  const size_t end = rest_.find('\0');
  if (end == std::string_view::npos) return Fail(kInputOverrun, kEndsEarly);
  *text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return true;
}

bool PackedCellsReader::TakeNumber(int64_t* number) {
  std::string_view bytes;
  if (!Take(sizeof(*number), &bytes)) return false;
  *number = static_cast<int64_t>(common::LoadFixed64(bytes.data()));
  return true;
}

bool PackedCellsReader::Next(PackedCell* cell) {
  if (ended_ || !status_.ok()) return false;
  return version_ == kPackedVersion1 ? NextOfVersion1(cell) : NextOfVersion2(cell);
}

bool PackedCellsReader::End(uint8_t control) {
  terminator_ = control;
  ended_ = true;
  if (!rest_.empty()) Fail(model::kBadFormat, "bytes follow the end of the packed cells");
  return false;
}

bool PackedCellsReader::NextOfVersion1(PackedCell* cell) {
  std::string_view bytes;
  if (!Take(1, &bytes)) return false;
  const auto control = static_cast<uint8_t>(bytes[0]);
  if ((control & kEndOfBuffer) != 0) return End(control);
  if ((control & kHaveTimestamp) != 0) {
    if (!TakeNumber(&timestamp_)) return false;
  } else if ((control & kAutoTimestamp) != 0) {
    timestamp_ = model::kAutomaticTimestamp;
  }
  cell->timestamp = timestamp_;
  cell->has_revision = (control & kHaveRevision) != 0;
  cell->revision = cell->has_revision ? timestamp_ : 0;
  if (cell->has_revision && (control & kRevisionIsTimestamp) == 0 && !TakeNumber(&cell->revision)) return false;
  std::string_view row;
  if (!TakeText(&row) || !TakeText(&cell->family) || !TakeText(&cell->qualifier)) return false;
  if (!Take(sizeof(uint32_t), &bytes)) return false;
  const uint32_t value_size = common::LoadFixed32(bytes.data());
  if (!Take(value_size, &cell->value) || !Take(1, &bytes)) return false;
  return Finish(cell, row, static_cast<uint8_t>(bytes[0]));
}

bool PackedCellsReader::NextOfVersion2(PackedCell* cell) {
  if (rest_.size() < kHeadBytes) return Fail(kInputOverrun, kEndsEarly);
  const char* const head = rest_.data();
  const auto control = static_cast<uint8_t>(head[0]);
  const size_t row_size = common::LoadFixed32(head + 4);
  if ((control & kEndOfBuffer) != 0) {
    rest_.remove_prefix(kHeadBytes);
    if (row_size != static_cast<uint32_t>(cell_count_)) {
      return Fail(model::kBadFormat, "the terminator counts " + std::to_string(row_size) + " cells");
    }
    return End(control);
  }
  const size_t revision_size = (control & kHaveRevision) != 0 ? sizeof(cell->revision) : 0;
  const size_t family_size = static_cast<uint8_t>(head[2]);
  const size_t qualifier_size = common::LoadFixed32(head + 8);
  const size_t value_size = common::LoadFixed32(head + 12);
  const size_t size = kHeadBytes + revision_size + row_size + family_size + qualifier_size + value_size;
  if (rest_.size() < size) return Fail(kInputOverrun, kEndsEarly);
  rest_.remove_prefix(size);
  cell->timestamp = (control & kHaveTimestamp) != 0 ? static_cast<int64_t>(common::LoadFixed64(head + 16))
                                                    : model::kAutomaticTimestamp;
  const char* at = head + kHeadBytes;
  cell->has_revision = revision_size > 0;
  cell->revision = cell->has_revision ? static_cast<int64_t>(common::LoadFixed64(at)) : 0;
  at += revision_size;
  const std::string_view row(at, row_size);
  at += row_size;
  cell->family = std::string_view(at, family_size);
  at += family_size;
  cell->qualifier = std::string_view(at, qualifier_size);
  cell->value = std::string_view(at + qualifier_size, value_size);
  return Finish(cell, row, static_cast<uint8_t>(head[1]));
}

/// `row` comes in registers: what was just written to memory in halves would be slow to read back whole.
inline bool PackedCellsReader::Finish(PackedCell* cell, std::string_view row, uint8_t wire_flag) {
  cell->flag = model::KeyFlag::kInsert;
  if (wire_flag != kWireInsert) {
    const Status known = ToKeyFlag(wire_flag, &cell->flag);
    if (!known.ok()) return Fail(known.detail(), known.message());
  }
  if (row.empty()) {
    row = row_;
    if (row.empty()) return Fail(model::kBadFormat, "the first cell has no row");
  }
  cell->row = row;
  row_ = row;
  if (cell->flag == model::KeyFlag::kDeleteRow) cell->family = cell->qualifier = std::string_view();
  ++cell_count_;
  return true;
}

// ---- Writing

PackedCellsWriter::PackedCellsWriter(int32_t version) : version_(version) {
  CHECK(version == kPackedVersion1 || version == kPackedVersion2);
}

void PackedCellsWriter::Reserve(size_t size_bytes) {
  if (size_bytes <= buffer_.size()) return;
  const bool begins = buffer_.empty();
  buffer_.resize(size_bytes);
  if (begins) common::StoreFixed32(buffer_.data(), static_cast<uint32_t>(version_));
}

char* PackedCellsWriter::Grow(size_t size) {
  if (buffer_.size() < size_ + size) [[unlikely]]
    Reserve(std::max(size_ + size, 2 * size_ + kFirstRoomBytes));
  char* const at = buffer_.data() + size_;
  size_ += size;
  return at;
}

namespace {

char* Put(char* target, std::string_view bytes) {
  common::CopyBytes(target, bytes.data(), bytes.size());
  return target + bytes.size();
}

char* PutText(char* target, std::string_view text) {
  target = Put(target, text);
  *target = '\0';
  return target + 1;
}

char* PutNumber(char* target, int64_t number) {
  common::StoreFixed64(target, static_cast<uint64_t>(number));
  return target + sizeof(number);
}

size_t NumberBytes(uint8_t control) {
  return ((control & kHaveTimestamp) != 0 ? 8u : 0u) + ((control & kHaveRevision) != 0 ? 8u : 0u);
}

}  // namespace

inline void PackedCellsWriter::PutVersion1(const model::CellView& cell, std::string_view family, std::string_view row,
                                           uint8_t control) {
  char* at = Grow(1 + NumberBytes(control) + row.size() + family.size() + cell.key.qualifier.size() + 3 +
                  sizeof(uint32_t) + cell.value.size() + 1);
  *at++ = static_cast<char>(control);
  if ((control & kHaveTimestamp) != 0) at = PutNumber(at, cell.key.timestamp);
  if ((control & kHaveRevision) != 0) at = PutNumber(at, cell.key.revision.get());
  if (!row.empty()) {
    row_offset_ = static_cast<size_t>(at - buffer_.data());
    row_size_ = row.size();
  }
  at = PutText(at, row);
  at = PutText(at, family);
  at = PutText(at, cell.key.qualifier);
  common::StoreFixed32(at, static_cast<uint32_t>(cell.value.size()));
  at = Put(at + sizeof(uint32_t), cell.value);
  *at = static_cast<char>(ToWireFlag(cell.key.flag));
}

inline void PackedCellsWriter::PutVersion2(const model::CellView& cell, std::string_view family, std::string_view row,
                                           uint8_t control) {
  const bool has_revision = (control & kHaveRevision) != 0;
  char* at = Grow(kHeadBytes + (has_revision ? 8u : 0u) + row.size() + family.size() + cell.key.qualifier.size() +
                  cell.value.size());
  at[0] = static_cast<char>(control);
  at[1] = static_cast<char>(ToWireFlag(cell.key.flag));
  at[2] = static_cast<char>(family.size());
  at[3] = 0;
  common::StoreFixed32(at + 4, static_cast<uint32_t>(row.size()));
  common::StoreFixed32(at + 8, static_cast<uint32_t>(cell.key.qualifier.size()));
  common::StoreFixed32(at + 12, static_cast<uint32_t>(cell.value.size()));
  PutNumber(at + 16, (control & kHaveTimestamp) != 0 ? cell.key.timestamp : 0);
  at += kHeadBytes;
  if (has_revision) at = PutNumber(at, cell.key.revision.get());
  if (!row.empty()) {
    row_offset_ = static_cast<size_t>(at - buffer_.data());
    row_size_ = row.size();
  }
  at = Put(at, row);
  at = Put(at, family);
  at = Put(at, cell.key.qualifier);
  Put(at, cell.value);
}

template <int32_t kVersion>
inline Status PackedCellsWriter::AddCell(const model::CellView& cell, std::string_view family, bool has_revision) {
  const model::KeyView& key = cell.key;
  if (key.row.empty()) return common::InvalidArgument("a cell without a row").WithDetail(kInvalidArgument);
  CHECK(family.size() <= kLargestFamily);
  const bool repeats = common::EqualBytes(key.row, std::string_view(buffer_.data() + row_offset_, row_size_));
  if (kVersion == kPackedVersion1 && (HasNul(key.qualifier) || (!repeats && HasNul(key.row)))) {
    return common::InvalidArgument("row " + model::QuoteBytes(key.row) +
                                   ": a NUL in row or qualifier needs packed cells of version 2")
        .WithDetail(model::kBadFormat);
  }
  const std::string_view row = repeats ? std::string_view() : key.row;
  uint8_t control = key.timestamp == model::kAutomaticTimestamp ? kAutoTimestamp : kHaveTimestamp;
  if (has_revision) control |= kHaveRevision;
  if constexpr (kVersion == kPackedVersion1) {
    PutVersion1(cell, family, row, control);
  } else {
    PutVersion2(cell, family, row, control);
  }
  ++cell_count_;
  return Status();
}

Status PackedCellsWriter::Add(const PackedCell& cell) {
  model::CellView view;
  view.key.row = cell.row;
  view.key.qualifier = cell.qualifier;
  view.key.flag = cell.flag;
  view.key.timestamp = cell.timestamp;
  view.key.revision = model::Revision(cell.revision);
  view.value = cell.value;
  return version_ == kPackedVersion1 ? AddCell<kPackedVersion1>(view, cell.family, cell.has_revision)
                                     : AddCell<kPackedVersion2>(view, cell.family, cell.has_revision);
}

Status PackedCellsWriter::Add(const model::CellView& cell, std::string_view family) {
  return version_ == kPackedVersion1 ? AddCell<kPackedVersion1>(cell, family, /*has_revision=*/false)
                                     : AddCell<kPackedVersion2>(cell, family, /*has_revision=*/false);
}

template <int32_t kVersion>
Status PackedCellsWriter::AddBlock(model::ScanBlockReader& block, const model::Schema& schema, size_t full_bytes) {
  model::CellView cell;
  model::FamilyId family_id;
  std::string_view family;
  while (size_ < full_bytes && block.Next(&cell)) {
    if (cell.key.family != family_id) {
      family_id = cell.key.family;
      const model::ColumnFamily* const found = schema.FindFamily(family_id);
      family = found == nullptr ? std::string_view() : std::string_view(found->name);
    }
    RETURN_IF_ERROR(AddCell<kVersion>(cell, family, /*has_revision=*/false));
  }
  return Status();
}

Status PackedCellsWriter::AddAll(model::ScanBlockReader& block, const model::Schema& schema, size_t full_bytes) {
  return version_ == kPackedVersion1 ? AddBlock<kPackedVersion1>(block, schema, full_bytes)
                                     : AddBlock<kPackedVersion2>(block, schema, full_bytes);
}

std::string PackedCellsWriter::Finish(uint8_t bits) {
  const auto control = static_cast<char>(bits | kEndOfBuffer);
  if (version_ == kPackedVersion1) {
    *Grow(1) = control;
  } else {
    char* at = Grow(kHeadBytes);
    std::memset(at, 0, kHeadBytes);
    at[0] = control;
    common::StoreFixed32(at + 4, cell_count_);
  }
  buffer_.resize(size_);
  size_ = kPackedVersionBytes;
  cell_count_ = 0;
  row_offset_ = row_size_ = 0;
  return std::exchange(buffer_, std::string());
}

}  // namespace cellar::thrift
